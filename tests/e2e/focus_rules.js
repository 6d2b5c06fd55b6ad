// Rules for the element that has the keyboard's focus: its name, its number among the page's elements and its faults.
() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const name = `<${focused.localName}${focused.id ? ` #${focused.id}` : ""}> "${(focused.getAttribute("aria-label") || focused.textContent || focused.name || "").trim().slice(0, 40)}"`;
  // A control that is drawn by its label has the indicator there.
  const drawn = getComputedStyle(focused).opacity === "0" ? focused.labels?.[0] ?? focused : focused;
  const style = getComputedStyle(drawn), faults = [];
  const indicator = (element) => { const { outline, outlineOffset, boxShadow } = getComputedStyle(element); return [outline, outlineOffset, boxShadow].join(" "); };

  const before = window.focusBefore;
  if (before && before.drawn !== drawn && before.drawn.isConnected && indicator(before.drawn) === before.indicator) faults.push(`looks the same without the focus: ${before.name}`);
  window.focusBefore = { drawn, indicator: indicator(drawn), name };
  if (style.boxShadow === "none" && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)) faults.push(`no indicator of the focus: ${name}`);

  const box = drawn.getClientRects()[0];
  if (!drawn.checkVisibility({ visibilityProperty: true }) || !box || box.width < 2 || box.height < 2) return { name, number: -1, faults: [...faults, `invisible, and has the focus: ${name}`] };
  const { innerWidth, innerHeight } = window;
  const fits = box.width <= innerWidth && box.height <= innerHeight;
  const inside = box.top >= -1 && box.left >= -1 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
  const touches = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  if (fits ? !inside : !touches) faults.push(`outside the window: ${name}`);
  const [x, y] = [Math.max(0, box.left) + Math.min(box.width, innerWidth) / 2, Math.max(0, box.top) + Math.min(box.height, innerHeight - Math.max(0, box.top)) / 2];
  const over = document.elementFromPoint(x, y);
  if (over && !drawn.contains(over) && !over.contains(drawn)) faults.push(`covered by <${over.localName} class="${over.className}">: ${name}`);

  // An ancestor that cuts off what is outside it must leave the outline on every side.
  const reach = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
  for (let at = drawn.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflow === "visible") continue;
    const around = at.getBoundingClientRect();
    if (style.outlineStyle !== "none" && (box.left - reach < around.left - 1 || box.top - reach < around.top - 1 || box.right + reach > around.right + 1 || box.bottom + reach > around.bottom + 1)) faults.push(`outline cut off: ${name}`);
  }
  return { name, number: [...document.querySelectorAll("*")].indexOf(focused), faults };
}
