// Rules of the look for the page that is open: each fault is one line of text.
// Arguments: the language of the page, and texts of the shop that are the same in every language.
([language, data]) => {
  const TARGET = 44, NORMAL = 4.5, LARGE = 3;
  const faults = [];
  const name = (element) => `<${element.tagName.toLowerCase()}${element.id ? ` #${element.id}` : ""}> "${element.textContent.trim().slice(0, 40)}"`;
  const hidden = (element) => !element.checkVisibility({ checkVisibilityCSS: true }) || element.closest(".visually-hidden");
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((element) => !hidden(element));

  function rgb(text) {
    const [r, g, b, a = 1] = (text.match(/[\d.]+/g) || []).map(Number);
    return { r, g, b, a };
  }
  function background(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.a > 0.99) return colour;
    }
    return rgb(getComputedStyle(document.documentElement).backgroundColor);
  }
  function luminance({ r, g, b }) {
    const [x, y, z] = [r, g, b].map((part) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  }
  function contrast(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  }

  const pageWidth = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > pageWidth) faults.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} px`);

  for (const element of shown("body *")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!texts.length) continue;
    const style = getComputedStyle(element);
    const range = document.createRange();
    for (const text of texts) {
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) {
        if (box.left < -1 || box.right > pageWidth + 1) faults.push(`outside of the page: ${name(element)}`);
        for (let at = element; at && at !== document.body; at = at.parentElement) {
          const around = at.getBoundingClientRect();
          if (getComputedStyle(at).overflow !== "visible" && (box.right > around.right + 1 || box.bottom > around.bottom + 1)) faults.push(`cut off: ${name(element)}`);
        }
      }
    }
    if (element.closest('[aria-busy="true"], [aria-disabled="true"]')) continue; // dimmed while a payment is under way
    const size = parseFloat(style.fontSize), least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? LARGE : NORMAL;
    const found = contrast(rgb(style.color), background(element));
    if (found < least) faults.push(`contrast ${found.toFixed(2)}, not ${least}: ${name(element)}`);
    if (size < 12) faults.push(`text of ${size} px: ${name(element)}`);
    const own = texts.map((text) => text.data).join(" ");
    if (language === "en" && /[а-яё]/i.test(own) && !data.some((part) => own.includes(part)) && !element.closest('[lang="ru"]:not(html)')) faults.push(`not translated: ${name(element)}`);
  }

  for (const element of shown("input:not([type=hidden]), button, summary, a.button, .foot a, .band a")) {
    const box = (element.closest("label.choice") || element).getBoundingClientRect(); // the words are pressed too
    if (box.height < TARGET - 0.5) faults.push(`${box.height} px high, not ${TARGET}: ${name(element)}`);
    if (element.tagName === "INPUT" && element.scrollWidth > element.clientWidth + 1) faults.push(`value cut off: ${name(element)}`);
  }

  // Keys move the focus from top to bottom, and from left to right, in each column.
  for (const column of shown(".page, .test-cards, main.sheet")) {
    const stops = [...column.querySelectorAll("a[href], button, input, summary")].filter((element) => !hidden(element) && element.tabIndex >= 0 && !element.closest(".pay-bar"));
    stops.forEach((element, number) => {
      const before = stops[number - 1]?.getBoundingClientRect(), box = element.getBoundingClientRect();
      if (before && (box.bottom <= before.top || (box.top < before.bottom - 4 && before.top < box.bottom - 4 && box.left < before.left))) faults.push(`focus jumps back to ${name(element)}`);
    });
  }
  if (document.querySelector("[tabindex]:not([tabindex='-1']):not([tabindex='0'])")) faults.push("an order of focus of its own (tabindex)");

  // A single column stands in the middle.
  const columns = shown(".page, .test-cards").map((element) => element.getBoundingClientRect());
  if (columns.length === 1 && Math.abs(columns[0].left + columns[0].right - pageWidth) > 2) faults.push("one column, not in the middle");

  const [band, first] = [shown(".sandbox .column")[0], shown(".page")[0]].map((element) => element?.getBoundingClientRect().left);
  if (band !== undefined && Math.abs(band - first) > 1) faults.push("the band and the page below it do not begin at the same line");

  // Labels of one row stand side by side; a list of payment systems has no system alone in its last row.
  const systems = shown(".schemes li").map((element) => element.getBoundingClientRect().top);
  const rows = [...new Set(systems)].map((top) => systems.filter((each) => each === top).length);
  if (new Set(rows).size > 1 || (pageWidth >= 360 && rows.length > 1)) faults.push(`payment systems in rows of ${rows}`);
  return faults;
}
