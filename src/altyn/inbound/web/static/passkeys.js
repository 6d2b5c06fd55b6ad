// Passkeys: a form with data-passkey asks the browser to create one, or to log in with one. The server
// makes the options and checks the response. Without support for passkeys the form stays hidden.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

  const created = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const excludeCredentials = named(options.excludeCredentials);
    const publicKey = { ...options, user, excludeCredentials, challenge: bytes(options.challenge) };
    const credential = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = credential.response;
    return [credential, { clientDataJSON, attestationObject }];
  };

  const found = async (options) => {
    const allowCredentials = named(options.allowCredentials);
    const publicKey = { ...options, allowCredentials, challenge: bytes(options.challenge) };
    const credential = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
    return [credential, { clientDataJSON, authenticatorData, signature, userHandle }];
  };

  const optionsOf = async ({ options, ask }) => {
    if (options) return JSON.parse(options);
    const answer = await fetch(ask, { method: "POST" });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  };

  const respond = async (form) => {
    const options = await optionsOf(form.dataset);
    const [credential, parts] = await (form.dataset.passkey === "create" ? created : found)(options);
    const response = Object.fromEntries(
      Object.entries(parts).filter(([, part]) => part).map(([name, part]) => [name, text(part)]));
    const { id, type } = credential;
    const sent = { id, rawId: id, type, response, clientExtensionResults: {} };
    form.elements.credential.value = JSON.stringify(sent);
    form.submit();
  };

  const problems = {
    NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known", SecurityError: "address",
  };

  const prepare = (form) => {
    const button = form.querySelector("button");
    const problem = form.querySelector("[data-problem]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      problem.textContent = "";
      try {
        await respond(form);
      } catch (error) {
        problem.textContent = form.dataset[problems[error.name]] || form.dataset.failed;
        button.removeAttribute("aria-disabled");
      }
    });
  };

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const each of document.querySelectorAll("[data-no-passkeys]")) each.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
  // A page that comes back from the browser's memory can be used again.
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form[data-passkey] button"))
      button.removeAttribute("aria-disabled");
  });
})();
