// The fields of the card form: they group the digits, name the payment system, and show errors under the field.
// An error appears when a field loses focus or is complete, and goes as soon as it is corrected.

import * as card from "./card.js";
import { checkContact } from "./contact.js";

const $ = (id) => document.getElementById(id);

// Keeps the caret after the same digit when spaces are added or removed.
function regroup(input, format) {
  const typed = input.value;
  const caret = input.selectionStart ?? typed.length;
  const text = format(typed);
  if (text === typed) return;
  const digitsBefore = card.digitsOf(typed.slice(0, caret)).length;
  input.value = text;
  let place = text.length;
  if (caret < typed.length) {
    place = 0;
    for (let passed = 0; passed < digitsBefore && place < text.length; place += 1) if (/\d/.test(text[place])) passed += 1;
  }
  input.setSelectionRange(place, place);
}

// While one of the `stored` cards is marked, only its CVC and the contact are asked.
export function cardFields(form, message, stored) {
  const testCards = new Map();
  const contact = $("contact");
  const pan = $("pan");
  const expiry = $("expiry");
  const cvc = $("cvc");
  const holder = $("holder");
  const digits = () => (pan ? card.digitsOf(pan.value) : "");
  const kind = () => (stored.id() ? card.kindOfSystem(stored.system()) : card.kindOf(digits()));
  const isAsked = (input) => !stored.id() || input === contact || input === cvc;

  function checkExpiry() {
    const known = testCards.get(digits());
    // A test card is accepted with its documented expiry at any time; one of them is expired on purpose.
    if (known && known === card.digitsOf(expiry.value)) return "";
    return card.checkExpiry(expiry.value, form.dataset.today);
  }

  // The page has no field for what the shop does without, for a known contact, or with a chosen stored card.
  const checks = [
    contact && { wire: "contact", input: contact, check: () => checkContact(contact.value) },
    pan && { wire: "$PAN", input: pan, check: () => card.checkPan(digits()) },
    expiry && { wire: "$EXPIRY", input: expiry, check: checkExpiry },
    cvc && { wire: "$CVC", input: cvc, check: () => card.checkCvc(cvc.value, kind()) },
    holder && { wire: "TEXT", input: holder, check: () => (holder.required || holder.value.trim() ? card.checkHolder(holder.value) : "") },
  ].filter(Boolean);

  function show(one, text) {
    const place = $(`${one.input.id}-error`);
    if (place.textContent !== text) place.textContent = text;
    if (text) one.input.setAttribute("aria-invalid", "true");
    else one.input.removeAttribute("aria-invalid");
    const hint = $(`${one.input.id}-hint`);
    if (!hint) return;
    hint.hidden = Boolean(text); // a hint gives way to the error
    one.input.setAttribute("aria-describedby", text ? place.id : `${place.id} ${hint.id}`);
  }

  function checkField(one) {
    const key = one.check();
    show(one, key && message(key, { count: kind().cvcLength }));
    return !key;
  }

  const isWrong = (one) => one.input.hasAttribute("aria-invalid");
  const complete = {
    pan: () => digits().length >= kind().usualLength,
    expiry: () => card.digitsOf(expiry.value).length === 4 && !/^\d\d \/ 20$/.test(expiry.value),
    cvc: () => false,
  };

  // An error that appears moves the page below it. It waits while the mouse button or a finger is down: the pay button
  // must not move away during the click that took the focus from the field.
  let pressing = false;
  const postponed = new Set();
  document.addEventListener("pointerdown", () => { pressing = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      pressing = false;
      setTimeout(() => {
        postponed.forEach(checkField);
        postponed.clear();
      });
    }, true);
  }

  for (const one of checks) {
    one.input.addEventListener("blur", () => {
      if (!one.input.value.trim()) return; // an empty field gets its error when the form is posted
      if (pressing) postponed.add(one);
      else checkField(one);
    });
    one.input.addEventListener("input", () => {
      if (isWrong(one)) {
        if (!one.check()) show(one, "");
      } else if (complete[one.input.id]?.()) checkField(one);
    });
  }

  function showPaymentSystem() {
    const { name, cvcLength, cvcOptional } = kind();
    const shown = name === "MIR" && form.elements.language.value === "ru" ? "МИР" : name;
    if (pan && !stored.id() && $("brand").textContent !== shown) {
      const mark = document.querySelector(`#schemes [data-scheme="${name}"] svg`) || $("icon-scheme").content.firstChild;
      $("brand").replaceChildren(...(shown ? [mark.cloneNode(true), shown] : []));
    }
    if (!cvc) return;
    cvc.maxLength = cvcLength;
    let hint = cvcLength === 4 ? "cvc_hint_front" : "cvc_hint";
    if (cvcOptional) hint = "cvc_hint_optional";
    if ($("cvc-hint").textContent !== message(hint)) $("cvc-hint").textContent = message(hint);
  }

  // In the capturing phase, so that they run before the checks above.
  pan?.addEventListener("input", () => {
    regroup(pan, (typed) => card.formatPan(card.digitsOf(typed).slice(0, 19)));
    showPaymentSystem();
  }, true);
  expiry?.addEventListener("input", (event) => {
    const deleting = /^delete/.test(event.inputType || "");
    regroup(expiry, (typed) => card.formatExpiry(typed, deleting));
  }, true);
  cvc?.addEventListener("input", () => {
    if (/\D/.test(cvc.value)) cvc.value = card.digitsOf(cvc.value);
  }, true);

  showPaymentSystem();

  return {
    rememberTestCard: (number, until) => testCards.set(number, card.digitsOf(until)),
    // Checks all fields, or those that a way to pay without a card needs; gives the first wrong one, or undefined.
    firstWrong: (way) => checks.filter((one) => (way ? one.input === contact : isAsked(one.input)) && !checkField(one))[0]?.input,
    forgetCard() {
      this.forgetCode();
      for (const one of checks) if (one.input !== contact) show(one, "");
      showPaymentSystem();
    },
    first: () => checks.find((one) => isAsked(one.input))?.input,
    // Shows errors of the gateway, by wire name; gives the first field of the page that has one.
    showErrors(errors) {
      const wrong = checks.filter((one) => errors[one.wire]);
      for (const one of wrong) show(one, errors[one.wire]);
      return wrong[0]?.input;
    },
    fill(number, until, code) {
      stored.markAnother();
      const values = [[pan, number], [expiry, until], [cvc, code]];
      for (const [input, value] of values) {
        if (!input) continue;
        input.value = value;
        input.dispatchEvent(new Event("input"));
      }
      if (holder?.required && !holder.value) holder.value = "IVAN PETROV";
      for (const one of checks) if (one.input.value) checkField(one);
    },
    forgetCode() {
      if (cvc) cvc.value = "";
    },
    contact: () => (contact ? { contact: contact.value } : {}),
    values() {
      const language = form.elements.language.value;
      if (stored.id()) return { language, bindingId: stored.id(), cvc: cvc?.value ?? "" };
      const { year, month } = card.readExpiry(expiry.value);
      return {
        language,
        $PAN: digits(),
        $CVC: cvc ? cvc.value : "",
        YYYY: String(year),
        MM: String(month).padStart(2, "0"),
        TEXT: holder ? holder.value.trim().toUpperCase() : "",
        bindingNotNeeded: new FormData(form).getAll("bindingNotNeeded").pop(),
      };
    },
  };
}
