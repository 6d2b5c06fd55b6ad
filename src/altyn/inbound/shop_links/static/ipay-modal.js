// The dialog of the pay button on the shop's page: the amount, what happens in the other window.
(() => {
  const STYLE = new URL("../css/modal.css", document.currentScript.src).href;
  const TEXTS = {
    ru: {
      title: "Оплата",
      amount: "Сумма, ₽",
      wrong: "Введите сумму больше нуля, например 1500,00.",
      pay: "Перейти к оплате",
      waiting: "Оплата открыта в отдельном окне. Не закрывайте эту страницу.",
      blocked: "Браузер не открыл окно оплаты. Нажмите кнопку ещё раз.",
      show: "Показать окно оплаты",
      cancel: "Отменить",
    },
    en: {
      title: "Payment",
      amount: "Amount in roubles",
      wrong: "Type an amount above zero, for example 1500.00.",
      pay: "Go to the payment",
      waiting: "The payment is open in another window. Keep this page open.",
      blocked: "The browser has not opened the payment window. Press the button once more.",
      show: "Show the payment window",
      cancel: "Cancel",
    },
  };
  const AMOUNT = /^[0-9][0-9 \u00a0\u202f]*([.,][0-9]{1,2})?$/;

  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const button = (text, work, isMain) => {
    const made = make("button", isMain ? "altyn-ipay-button altyn-ipay-main" : "altyn-ipay-button", text);
    made.type = "button";
    made.addEventListener("click", work);
    return made;
  };

  const loadStyle = () => {
    const links = [...document.querySelectorAll('link[rel="stylesheet"]')];
    if (links.some((each) => each.href === STYLE)) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = STYLE;
    document.head.append(link);
  };
  loadStyle();

  window.AltynIpayModal = {
    open({ amount, description, language, onPay, onShow, onCancel }) {
      const words = TEXTS[language] ?? TEXTS.ru;
      const dialog = make("dialog", "altyn-ipay");
      dialog.lang = language;
      const title = make("h2", "altyn-ipay-title", words.title);
      title.id = "altyn-ipay-title";
      dialog.setAttribute("aria-labelledby", title.id);
      const note = make("p", "altyn-ipay-note", "");
      note.setAttribute("role", "status");
      const label = make("label", "altyn-ipay-label", words.amount);
      const input = make("input", "altyn-ipay-input");
      label.htmlFor = input.id = "altyn-ipay-amount";
      input.inputMode = "decimal";
      input.autocomplete = "off";
      input.maxLength = 20;
      const field = make("div", "altyn-ipay-field");
      field.append(label, input);
      const pay = button(words.pay, () => {
        const typed = amount || input.value.trim();
        if (!AMOUNT.test(typed)) {
          note.textContent = words.wrong;
          input.setAttribute("aria-invalid", "true");
          input.focus();
          return;
        }
        onPay(typed);
      }, true);
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") pay.click();
      });
      const show = button(words.show, onShow, true);
      const actions = make("div", "altyn-ipay-actions");
      actions.append(pay, show, button(words.cancel, onCancel));
      dialog.append(title);
      if (description) dialog.append(make("p", "altyn-ipay-text", description));
      if (amount) dialog.append(make("p", "altyn-ipay-sum", `${amount.replace(".", ",")}\u00a0₽`));
      else dialog.append(field);
      dialog.append(note, actions);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        onCancel();
      });
      const turn = (isWaiting, text) => {
        pay.hidden = isWaiting;
        show.hidden = !isWaiting;
        input.disabled = isWaiting;
        note.textContent = text;
      };
      turn(false, "");
      document.body.append(dialog);
      dialog.showModal();
      return {
        waiting: () => turn(true, words.waiting),
        blocked: () => turn(false, words.blocked),
        failed: (text) => turn(false, text),
        close: () => dialog.remove(),
      };
    },
  };
})();
