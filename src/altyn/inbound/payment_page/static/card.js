// A card while it is being typed: its payment system, the groups of its digits, its errors.
// Pure functions that do not change the page. The gateway checks everything again.

// First and last prefix, name, groups, CVC digits, CVC optional; the first match counts, as in the gateway's own table.
const KINDS = [
  ["2200", "2204", "MIR"],
  ["2221", "2720", "Mastercard"],
  ["51", "55", "Mastercard"],
  ["4", "4", "Visa"],
  ["34", "34", "AMEX"],
  ["37", "37", "AMEX"],
  ["35", "35", "JCB"],
  ["62", "62", "UnionPay"],
  ["50", "50", "Maestro"],
  ["56", "58", "Maestro"],
  ["6", "6", "Maestro"],
];

export const digitsOf = (text) => text.replace(/\D/g, "");

export function kindOf(digits) {
  const row = KINDS.find(([first, last]) => {
    const start = digits.slice(0, first.length);
    return first <= start && start <= last;
  });
  return kindOfSystem(row ? row[2] : "");
}

export function kindOfSystem(name) {
  return {
    name,
    groups: name === "AMEX" ? [4, 6, 5] : [4, 4, 4, 4, 3],
    cvcLength: name === "AMEX" ? 4 : 3,
    cvcOptional: name === "Maestro",
    usualLength: { AMEX: 15, Maestro: 19, MIR: 19, UnionPay: 19 }[name] || 16,
  };
}

function luhn(digits) {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]) * (place % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

export function formatPan(digits) {
  const parts = [];
  let place = 0;
  for (const size of kindOf(digits).groups) {
    if (place >= digits.length) break;
    parts.push(digits.slice(place, place + size));
    place += size;
  }
  return parts.join(" ");
}

// "1" stays, "5" becomes "05 / ", "12" becomes "12 / " unless the payer is deleting, "2028-12" (autofill) becomes "12 / 28".
export function formatExpiry(typed, deleting) {
  const dated = /^\s*(20\d\d)\D(\d\d)\D*$/.exec(typed);
  if (dated) return `${dated[2]} / ${dated[1].slice(2)}`;
  let digits = digitsOf(typed);
  if (/^[2-9]/.test(digits) || /^[1-9]\s*[/.-]/.test(typed)) digits = `0${digits}`;
  digits = digits.slice(0, 6);
  if (digits.length < 2 || (digits.length === 2 && deleting)) return digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

// Year and month as numbers, or null while the field is not complete.
export function readExpiry(typed) {
  const digits = digitsOf(typed);
  if (digits.length !== 4 && digits.length !== 6) return null;
  const year = Number(digits.slice(2));
  return { month: Number(digits.slice(0, 2)), year: digits.length === 4 ? 2000 + year : year };
}

// Each check gives the key of the error's text, or "" without an error.

export function checkPan(digits) {
  if (!digits) return "pan_empty";
  if (digits.length < 12) return "pan_short";
  if (digits.length > 19) return "pan_long";
  return luhn(digits) ? "" : "pan_luhn";
}

// `today` is the gateway's month, "2026-11": a payer's clock may be wrong.
export function checkExpiry(typed, today) {
  if (!digitsOf(typed)) return "expiry_empty";
  const expiry = readExpiry(typed);
  if (!expiry) return "expiry_format";
  if (expiry.month < 1 || expiry.month > 12) return "expiry_month";
  const [year, month] = today.split("-").map(Number);
  if (expiry.year < year || (expiry.year === year && expiry.month < month)) return "expiry_past";
  return expiry.year > year + 20 ? "expiry_far" : "";
}

export function checkCvc(digits, kind) {
  if (!digits) return kind.cvcOptional ? "" : "cvc_empty";
  return digits.length === kind.cvcLength ? "" : "cvc_length";
}

export function checkHolder(typed) {
  const name = typed.trim();
  if (!name) return "holder_empty";
  return /^[A-Za-z .'-]+$/.test(name) && /[A-Za-z]/.test(name) ? "" : "holder_letters";
}
