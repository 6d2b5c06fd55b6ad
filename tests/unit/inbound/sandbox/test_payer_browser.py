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


def test_alerts_links_and_typed_values_are_read() -> None:
    html = """<div role="alert"><svg><use href="#x"/></svg><div><strong>Not approved</strong>
    <p>Nothing was <br>charged.</p></div></div><p role="alert"></p><p role="alert">Wrong code</p>
    <p>other text</p><a href="?a=1&amp;b=2">more</a>
    <form method="post"><input name="phone" value="+7 900"></form>"""
    page = Answer("http://pay.example/page?x=1", 200, html).page()
    assert page.alerts == ("Not approved. Nothing was charged.", "Wrong code")
    assert page.links == ("http://pay.example/page?a=1&b=2",)
    assert page.forms[0].action == "http://pay.example/page?x=1"
    assert page.forms[0].typed == {"phone": "+7 900"}
