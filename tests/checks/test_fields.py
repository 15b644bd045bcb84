"""FT605, template fields: what was to be filled in, and what only looks like it."""

from __future__ import annotations

import pytest

from checks.judged import assistant, codes, conversation, judged, one, rows, user

UNFILLED = [
    "Dear {{customer_name}}, your parcel is here.",
    "Your order {{ Order Number }} is on its way.",
    "{{user}} opens the door and {{char}} smiles.",
    "Hello ${customer_name}, the shop opens at nine.",
    "Call us at ${phone}.",
    "Best regards, [YOUR NAME]",
    "Come to [your address here].",
    "This is [Your Company Name] speaking.",
    "Dear <CUSTOMER NAME>, we open at nine.",
    "Dear <YOUR_NAME>, we open at nine.",
    "{question}",
    "{answer}",
    "Context: {context}",
    "Summarise this.\n\nArticle:\n{article}\n\nSummary:",
    "Dear {name}, we open at nine.",
    "{お名前}様、ご来店をお待ちしております。",
    "Hallo {vorname_name}, hallo {name}!",
    "<document>\n{{document}}\n</document>",
    "Question: {{ row.question }}",
]
MEANT = [
    "The set {x, y} has two elements, {name} is a singleton.",
    r"\frac{{a}}{{b}} and x^{{two}} and \text{{name}}",
    "title = {{Deep Learning}}, year = {2016}",
    '{"name": "{{customer_name}}"}',
    "```jinja\nDear {{ name }}\n```",
    "Write `{{ name }}` there.",
    "{% if name %}{{ name }}{% endif %}",
    "<p>{{ title }}</p>",
    "const x = 1; alert(${name})",
    "echo ${HOME_DIR} $PATH",
    "It costs $5 {roughly}.",
    "$n$ and ${n}$ and ${alpha}_1$",
    "print(f'{name} is here')",
    '"{name}".format(name=1)',
    "GET https://shop.test/users/{user_name}",
    "${{ secrets.TOKEN }}",
    "See [Your Name](https://a.test) and [your name]: x",
    "[NAME] called [PHONE] from <PERSON> at <EMAIL_ADDRESS>.",
    "#Person1# met {someone}.",
    "Run git clone <repo_url> first.",
    "a[name] and b{name} and {1, 2}",
    "{{1, 2}, {3, 4}}",
    "{{#if x}} {{/if}} {{else}}",
    "wait {{{raw}}} and {{c1::Paris}}",
    "{{cite web|url=x}}",
    "int x[3] = {0}; struct {name} y",
    "【お名前】様、{こちら}をご覧ください。",
    "他说{你好}。",
    "<name>Kim</name> <address>Mill</address>",
    "[ ] milk [x] bread [name]",
    "{ }",
    "f(x) = {answer if x}",
    "I said {answer} and left.",
    "(your name)",
    'C#: $"{name}"; Console.WriteLine(${name});',
    "Hi {there}!",
    "@media print { body { color: red } }",
]
ABOUT = [
    ("Write a template for a parcel notice.", "Dear {{customer_name}}, your parcel is here."),
    ("Use {{first_name}} as the name of the customer.", "Hello {{first_name}}, we open at nine."),
    ("Translate: Hello {{name}}, we open at nine.", "Hallo {{name}}, wir öffnen um neun."),
    ("How do I greet by name in Jinja?", "Hello {{ name }}, that is all."),
    ("Write a cover letter.", "Best regards, [Your Name]"),
    ("Draft a reply to my landlord.", "Best regards, [Your Name]"),
    ("Which placeholder is the name in this text? Dear {{name}}", "It is the one in front."),
    ("挨拶文のテンプレートを書いてください。", "{お名前}様、ご来店をお待ちしております。"),
    ("Fill in the blanks: Dear {name}, I am {{age}}.", "Dear Kim, I am nine."),
    ("What does ${name} mean in bash?", "Dear ${name}, it is a variable."),
]


@pytest.mark.parametrize("words", UNFILLED)
def test_a_field_that_nobody_filled_in(words: str) -> None:
    answered = one(judged(rows(conversation(user("When do you open?"), assistant(words))), select=("FT605",)))
    assert answered.json_path == "$.messages[1].content"
    asked = one(judged(rows(conversation(user(words), assistant())), select=("FT605",)))
    assert asked.json_path == "$.messages[0].content"


@pytest.mark.parametrize("words", MEANT)
def test_what_only_looks_like_a_field(words: str) -> None:
    assert codes(rows(conversation(user("When do you open?"), assistant(words))), select=("FT605",)) == []
    assert codes(rows(conversation(user(words), assistant())), select=("FT605",)) == []


@pytest.mark.parametrize(("asked", "words"), ABOUT)
def test_a_row_about_templates(asked: str, words: str) -> None:
    assert codes(rows(conversation(user(asked), assistant(words))), select=("FT605",)) == []
    told = conversation({"role": "system", "content": asked}, user("When do you open?"), assistant(words))
    assert codes(rows(told), select=("FT605",)) == []


def test_a_prompt_for_templates_is_no_excuse_for_another_row() -> None:
    asked, words = ABOUT[0]
    held = rows(conversation(user(asked), assistant(words)), conversation(user("When?"), assistant(words)))
    found = judged(held, select=("FT605",))
    assert [(finding.line, finding.message) for finding in found] == [
        (2, "a placeholder was left unfilled: `{{customer_name}}`")
    ]
    assert judged(held, select=("FT605",), batch_lines=1) == found


def test_a_field_in_every_message_is_told_in_each_of_them_once() -> None:
    told = {"role": "system", "content": "You answer for {{company}}."}
    row = conversation(told, user("When does {{company}} open?"), assistant("Lorem ipsum, {{company}} and {{time}}."))
    found = judged(rows(row), select=("FT605",))
    assert [finding.json_path for finding in found] == [f"$.messages[{at}].content" for at in range(3)]


def test_what_the_model_does_not_read_as_a_prompt_or_learn_is_left_alone() -> None:
    muted = conversation(user(), assistant("Dear {{name}}", weight=0), user("Again?"), assistant())
    assert codes(rows(muted), select=("FT605",)) == []
    call = {"id": "a", "type": "function", "function": {"name": "send", "arguments": '{"to": "x {{name}} y"}'}}
    tool = {"role": "tool", "tool_call_id": "a", "content": "Dear {{name}}"}
    called = conversation(user(), {"role": "assistant", "tool_calls": [call]}, tool, assistant())
    assert codes(rows(called), select=("FT605",)) == []


def test_a_whole_prompt_and_completion() -> None:
    held = [{"prompt": "{question}", "completion": "{answer}"}, {"prompt": "Who?", "completion": "Nobody."}]
    assert [finding.json_path for finding in judged(rows(*held), select=("FT605",))] == ["$.prompt", "$.completion"]
