"""The stage ``gate``: what the trainer itself says before anything is uploaded, and what is known of its dates."""

from __future__ import annotations

from typing import Any

from ftlint import catalog
from ftlint.run.classify import classify
from ftlint.run.context import Run
from ftlint.services.interface import BadAnswer, NotEligible, Rejected, ServiceError


def require_access(run: Run, notes: list[str]) -> None:
    """List the account's jobs: who may not even do that is told before the upload, and not after it.

    A server that has no such list is not held up by it; a note says what that means for a resume.

    Raises:
        JobRefused: the organisation may not create jobs.
        ServiceFailed: the service does not answer, or not to this key.
    """
    try:
        run.trainer().list_jobs()
    except NotEligible as error:
        raise run.refused("gate", classify(error)) from error
    except (Rejected, BadAnswer) as error:
        notes.append(
            f"the service does not list its jobs ({error.message}): after a crash a person has to look for one"
        )
    except ServiceError as error:
        raise run.service_failed("gate", error) from error


def shutdown(run: Run, notes: list[str]) -> list[str]:
    """Ask the service for the day on which it ends the model; it knows better than any table.

    Returns:
        Why nothing may be submitted.

    Raises:
        ServiceFailed: the service does not answer.
    """
    try:
        day = run.trainer().shutdown_date(run.model)
    except Rejected as error:
        return [f"the service does not have the model {run.model}: {error.message}"]
    except BadAnswer:
        day = None
    except ServiceError as error:
        raise run.service_failed("gate", error) from error
    if day is None:
        return []
    if day <= run.settings.today.isoformat():
        return [f"the service ended the model {run.model} on {day}"]
    notes.append(f"the service ends the model {run.model}, and what is tuned from it, on {day}")
    return []


def graders(run: Run, notes: list[str]) -> list[str]:
    """Have the service look at the graders: after the upload, a refused one would cost a job.

    Returns:
        Why nothing may be submitted.

    Raises:
        ServiceFailed: the service does not answer.
    """
    jobs = [entry.train for entry in run.spec.train.sweep] or [run.spec.train]
    given: list[dict[str, Any]] = []
    given += (job.grader for job in jobs if job.grader is not None and job.grader not in given)
    reasons = []
    unseen = 0
    for grader in given:
        try:
            unseen += not run.trainer().check_grader(grader)
        except Rejected as error:
            reasons.append(f"the service refuses the grader: {error.message}")
        except BadAnswer:
            unseen += 1
        except ServiceError as error:
            raise run.service_failed("gate", error) from error
    if unseen:
        notes.append("the service does not look at graders beforehand: a wrong one shows when the job is created")
    return reasons


def known_dates(run: Run, told: list[str]) -> list[str]:
    """Notes on the ends that are announced for new jobs and for the model, and on who may train at all.

    Args:
        told: notes that stand already; an end that the service itself named is not told again.
    """
    provider = catalog.load_providers()[run.provider]
    model = catalog.find_model(run.model)
    offer = model.offer(run.provider) if model else None
    notes = []
    if provider.training_end is not None:
        notes.append(f"{provider.title} takes no new jobs from {provider.training_end} on (as of {provider.as_of})")
    if offer is None:
        return notes
    if offer.training_end is not None and offer.training_end != provider.training_end:
        notes.append(f"{provider.title} trains {run.model} until {offer.training_end} (as of {offer.as_of})")
    if offer.inference_end is not None and not any("the service ends the model" in note for note in told):
        notes.append(
            f"{run.model}, and what is tuned from it, answers until {offer.inference_end} (as of {offer.as_of})"
        )
    if offer.existing_customers_only:
        notes.append(
            "only existing customers may train it; others are told so when the job is created, after the upload"
        )
    return notes


def deployment(run: Run) -> list[str]:
    """A note on the step that a person takes between training and evaluation, where the service wants one."""
    provider = catalog.load_providers()[run.services.completer.provider]
    if not provider.needs_deployment:
        return []
    note = (
        f"{provider.title}: when the job has succeeded, deploy the tuned model under the name"
        f" {run.spec.evaluate.tuned_model}; the run waits some minutes for it, then stops, and {run.resume_command}"
        " evaluates it; delete the deployment afterwards, it is billed by the hour"
    )
    return [note]
