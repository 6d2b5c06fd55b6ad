// Sends a form on by itself: the step between two parties where the payer has nothing to decide.
// The form's button stays visible, so the same step works by hand where scripts do not run.
const form = document.querySelector("form[data-autopost]");
if (form) HTMLFormElement.prototype.submit.call(form);
