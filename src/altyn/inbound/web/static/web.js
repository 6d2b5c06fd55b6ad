// Copy buttons, where a page may write to the clipboard; the focus of a result.
(() => {
  if (!navigator.clipboard) return;
  document.documentElement.classList.add("copies");
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  document.body.append(told);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    told.textContent = document.body.dataset.copied;
    button.classList.add("done");
    setTimeout(() => {
      button.classList.remove("done");
      told.textContent = "";
    }, 1500);
  });
})();

// A page that reports a result or a fault begins there: a screen reader reads no message of a page
// that has just been loaded. A place that the page or its address has chosen stays.
(() => {
  if (document.querySelector("[autofocus], [tabindex]:target")) return;
  const messages = [...document.querySelectorAll("main :is([role=alert], [role=status])")];
  const message = messages.find((each) => each.checkVisibility() && each.textContent.trim());
  const field = document.querySelector("main [aria-invalid=true]");
  if (message) message.tabIndex = -1;
  (message ?? field)?.focus();
})();
