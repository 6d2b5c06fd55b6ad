"""The minimal browser of the simulated payer: the form that it reads from a page."""

from altyn.inbound.sandbox.payer.browser import Answer

PAGE = """
<form method="get" action="/search"><input name="q"></form>
<form method="POST" action="/acs/answer?a=1&amp;b=2">
<input type="hidden" name="state" value="a&quot;b"><input name="password" type="text">
<button name="decision" value="confirm">OK</button></form>
<input name="outside">
<form method="post" action="/second"></form>
"""


def test_first_form_with_the_method_post_is_read() -> None:
    form = Answer("http://bank.example/acs/pareq", 200, PAGE).form()

    assert form is not None
    assert form.action == "http://bank.example/acs/answer?a=1&b=2"
    assert form.fields == {"state": 'a"b'}
    assert form.inputs == ("password",)


def test_page_without_a_form_has_none() -> None:
    assert Answer("http://bank.example/", 200, "<p>done</p>").form() is None
