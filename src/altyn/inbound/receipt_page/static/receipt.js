// The button prints the receipt; without scripts there is no button, and the browser's own menu prints.
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
