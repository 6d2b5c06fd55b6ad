// Where the receipt goes: the field takes an e-mail address or a phone number. The gateway checks it again.

// Gives the key of the error's text, or "" without an error.
export function checkContact(typed) {
  const text = typed.trim();
  if (!text) return "contact_empty";
  if (text.includes("@")) {
    if (!/^[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)+$/.test(text)) return "email_format";
    return text.length > 64 ? "email_long" : "";
  }
  const number = text.replace(/[\s().\u2010-\u2015-]/g, "");
  if (!/^\+?\d*$/.test(number)) return "contact_format";
  return /^\+?\d{7,15}$/.test(number) ? "" : "phone_format";
}
