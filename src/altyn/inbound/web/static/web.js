// Copy buttons, on pages that are loaded and in parts that are put in later.
(() => {
  const showButtons = (root) => {
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  };
  if (navigator.clipboard) {
    showButtons(document);
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const node of change.addedNodes)
          if (node.nodeType === Node.ELEMENT_NODE) showButtons(node.parentElement ?? node);
    }).observe(document.body, { childList: true, subtree: true });
  }
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
