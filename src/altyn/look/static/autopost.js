// Submits a form without the payer: the step from one party to the next that needs no decision.
// The form's button stays visible, so that the step also works without scripts.
const form = document.querySelector("form[data-autopost]");
if (form) HTMLFormElement.prototype.submit.call(form);
