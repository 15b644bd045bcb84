"""What `rules/*.toml` is read into: models, providers, estimates, moderation. None means unknown, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ftlint.records import dataclass

DEFAULT_ENCODING = "o200k_base"
"""What texts are counted with where no model says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A record of `rules/*.toml`: the day on which its source was read, and the source."""

    as_of: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPrice(Sourced):
    """A provider's list price, USD per one million tokens; ``training_hour`` is USD per hour. None is unknown."""

    training: float | None = None
    training_hour: float | None = None
    input: float | None = None
    cached: float | None = None
    output: float | None = None
    batch_input: float | None = None
    batch_cached: float | None = None
    batch_output: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Sourced):
    """What one provider offers for one model.

    Attributes:
        methods: of fine-tuning; empty where the model cannot be fine-tuned there.
        vision: training examples may hold images; None is unknown.
        max_example_tokens: where it differs from the model's own limit.
        training_end: from this day on no job can be created.
        inference_end: from this day on the model and its tunes no longer answer.
        existing_customers_only: new customers are refused.
        provider_end: from this day on the provider creates no jobs on any model.
    """

    provider: str
    methods: tuple[str, ...]
    vision: bool | None = None
    max_example_tokens: int | None = None
    training_end: date | None = None
    inference_end: date | None = None
    existing_customers_only: bool = False
    note: str = ""
    price: ListPrice | None = None
    provider_end: date | None = None

    @property
    def ends(self) -> date | None:
        """The first day without new jobs on this model, whatever ends first; None where no end is known."""
        known = [end for end in (self.training_end, self.inference_end, self.provider_end) if end is not None]
        return min(known, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Sourced):
    """One model, under its snapshot's name.

    Attributes:
        aliases: other names, none of which a training job takes.
        encoding: the tokenizer's vocabulary.
        max_example_tokens: tokens of one example, above which the service cuts off its end; None is unknown.
        offers: what each provider offers for it.
    """

    name: str
    aliases: tuple[str, ...] = ()
    encoding: str = DEFAULT_ENCODING
    max_example_tokens: int | None = None
    note: str = ""
    offers: tuple[Offer, ...] = ()

    def offer(self, provider: str) -> Offer | None:
        """What the provider offers for it, or None where nothing is known."""
        return next((offer for offer in self.offers if offer.provider == provider), None)

    @property
    def methods(self) -> frozenset[str]:
        """The methods that some provider trains it with, or trained it with."""
        return frozenset(method for offer in self.offers for method in offer.methods)

    @property
    def vision(self) -> bool:
        """Some provider trains it on images, or did."""
        return any(offer.vision for offer in self.offers)

    def limit(self, provider: str) -> int | None:
        """Tokens per training example at the provider, or None when unknown."""
        offer = self.offer(provider)
        return (offer.max_example_tokens if offer else None) or self.max_example_tokens

    def price(self, provider: str) -> ListPrice | None:
        """The provider's list price, or None when unknown."""
        offer = self.offer(provider)
        return offer.price if offer else None

    def training_ends(self, provider: str) -> date | None:
        """The first day without new jobs; None where no end is known."""
        offer = self.offer(provider)
        return offer.ends if offer else None

    def retired_on(self, provider: str, today: date) -> date | None:
        """The day from which the provider creates no jobs on it, if that has come; None while it may be trained."""
        end = self.training_ends(provider)
        return end if end is not None and end <= today else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodLimits(Sourced):
    """Limits of a provider that hold for one training method only."""

    method: str
    min_examples: int | None = None
    max_examples: int | None = None
    max_validation_examples: int | None = None
    validation_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter(Sourced):
    """The values that a provider takes for a hyperparameter, beside ``"auto"``; no methods means all of them."""

    name: str
    methods: tuple[str, ...] = ()
    minimum: float | None = None
    exclusive_minimum: bool = False
    maximum: float | None = None
    integer: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(Sourced):
    """What a service takes. ``bom``, ``blank_lines`` and ``extra_keys`` are allowed, wanted, refused or unknown.

    Attributes:
        formats, methods: empty when unknown.
        closed_catalog: a model that `models.toml` does not name does not exist there.
        preference_outputs: exactly-one, one-or-more or unknown.
        max_file_bytes: of one upload; ``max_upload_bytes``: of one upload in parts.
        max_training_tokens: of a job, tokens times epochs.
        training_end: from this day on no job can be created, on any model.
        has_moderation: it has a moderation endpoint of OpenAI's shape.
        needs_deployment: a model answers only under the name of a deployment that the customer made of it.
    """

    name: str
    title: str
    formats: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    closed_catalog: bool = False
    min_examples: int | None = None
    max_examples: int | None = None
    max_image_examples: int | None = None
    max_images_per_example: int | None = None
    max_image_bytes: int | None = None
    image_formats: tuple[str, ...] = ()
    image_modes: tuple[str, ...] = ()
    max_file_bytes: int | None = None
    max_upload_bytes: int | None = None
    file_extensions: tuple[str, ...] = ()
    bom: str = "unknown"
    blank_lines: str = "unknown"
    extra_keys: str = "unknown"
    preference_outputs: str = "unknown"
    max_training_tokens: int | None = None
    training_end: date | None = None
    has_moderation: bool = False
    needs_deployment: bool = False
    suffix_min_length: int | None = None
    suffix_max_length: int | None = None
    metadata_max_pairs: int | None = None
    metadata_max_key_length: int | None = None
    metadata_max_value_length: int | None = None
    max_seed: int | None = None
    note: str = ""
    limits: tuple[MethodLimits, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()

    def limits_for(self, method: str | None) -> MethodLimits | None:
        """The limits of one method, or None where it has none of its own."""
        return next((limits for limits in self.limits if limits.method == method), None)

    def hyperparameter(self, name: str, method: str | None = None) -> Hyperparameter | None:
        """The range of a hyperparameter, or None where the provider, or the method, has none of that name."""
        for known in self.hyperparameters:
            if known.name == name and (method is None or not known.methods or method in known.methods):
                return known
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRule(Sourced):
    """The documented estimate of what ``n_epochs: "auto"`` becomes."""

    target: int
    min_target_examples: int
    max_target_examples: int
    min_epochs: int
    max_epochs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead(Sourced):
    """Tokens that an encoding's models add to the texts: per message, per name, per example, per tool definition."""

    message: int
    name: int
    priming: int
    function_start: int
    properties_start: int
    property: int
    enum_start: int
    enum_item: int
    functions_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRule(Sourced):
    """Tokens of an image: ``low`` at detail low, else ``base`` and ``tile`` per tile, after two reductions in size."""

    low: int
    base: int
    tile: int
    tile_pixels: int
    long_side: int
    short_side: int
    unknown_size: int


@dataclass(frozen=True, slots=True)
class Estimates:
    """The constants of `models.toml` that no model owns. ``overhead`` is by encoding."""

    epochs: EpochRule
    overhead: Mapping[str, Overhead]
    image: ImageRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of the moderation endpoint.

    Attributes:
        watch: the heuristic level, 0 to 1, from which a score is watched.
        image: images are scored in it too.
        post_training: the safety evaluation of a tuned model has it as well.
    """

    name: str
    watch: float
    image: bool
    post_training: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Sourced):
    """Limits of a usage tier; None where none is stated."""

    name: str
    requests_per_minute: int | None = None
    requests_per_day: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLimits(Sourced):
    """How texts are cut into units and packed into requests; sizes in tokens, characters, strings and bytes.

    Attributes:
        image_tokens: what an image is estimated to take of the budget.
        remote_image_cache_days: how long a verdict on what stands at a web address holds.
    """

    example_tokens: int
    max_tokens: int
    max_characters: int
    array_start: int
    request_tokens: int
    ascii_characters_per_token: int
    tokens_per_other_byte: int
    images_per_request: int
    max_image_bytes: int
    image_tokens: int
    remote_image_cache_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits(Sourced):
    """Limits of the Batch API."""

    max_requests: int
    max_file_bytes: int
    window_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRules(Sourced):
    """What is known of guard models.

    Attributes:
        model: asked for where the user names none.
        yes_no: parts of the names of models that answer yes (unsafe) or no.
        max_tokens: of one answer.
        categories: code (``S1``) to name.
    """

    model: str
    yes_no: tuple[str, ...]
    max_tokens: int
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationRules(Sourced):
    """`moderation.toml`.

    Attributes:
        model: the snapshot to ask for; ``alias``: the name under which it answers.
        wobble: a score may be this factor higher in the next identical call.
        placing_fraction: a unit that reaches this share of a watch level is scored again text by text.
        post_training_only: categories of the evaluation after training that the endpoint does not have.
    """

    model: str
    alias: str
    wobble: float
    placing_fraction: float
    cache_days: int
    units: UnitLimits
    batch: BatchLimits
    guard: GuardRules
    categories: Mapping[str, Category]
    tiers: Mapping[str, Tier]
    post_training_only: tuple[str, ...]
