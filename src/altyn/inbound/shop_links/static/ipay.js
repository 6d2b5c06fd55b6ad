// The pay button: `new IPAY({ api_token })`, then `ipayCheckout({ amount, … }, onSuccess, onFail)`.
// The payment opens in a window of the gateway, so this page never sees a card. This page learns the
// result by asking the gateway, never from the message of the window alone.
(() => {
  const FOLDER = new URL("../../", document.currentScript.src);
  const GATEWAY = FOLDER.origin;
  const FINISHED = ["paid", "held", "failed"];
  const WINDOW = "popup,width=480,height=780";
  const ASK_MS = 1000;
  let token = "";
  let open = null; // the one checkout that is going on

  const language = () => (document.documentElement.lang.toLowerCase().startsWith("en") ? "en" : "ru");

  const call = async (path, fields) => {
    const body = new URLSearchParams({ token, language: language(), ...fields });
    const answer = await fetch(new URL(path, FOLDER), { method: "POST", body, credentials: "omit" });
    const members = await answer.json();
    if (!answer.ok || members.errorMessage) throw new Error(members.errorMessage ?? `status ${answer.status}`);
    return members;
  };

  // One amount: roubles with a dot or a comma. An empty text where the buyer types it.
  const amountText = (amount) => {
    if (amount === undefined || amount === null || amount === "") return "";
    return typeof amount === "number" ? amount.toFixed(2) : String(amount);
  };

  class Checkout {
    constructor(options, onSuccess, onFail) {
      this.fields = {
        amount: amountText(options.amount),
        currency: options.currency ?? "RUB",
        order_number: options.order_number ?? "",
        description: options.description ?? "",
      };
      this.onSuccess = onSuccess ?? (() => {});
      this.onFail = onFail ?? (() => {});
      this.order = { ...this.fields, status: "failed" };
    }

    begin() {
      this.modal = window.AltynIpayModal.open({
        amount: this.fields.amount,
        description: this.fields.description,
        language: language(),
        onPay: (amount) => this.pay(amount),
        onShow: () => this.payment?.focus(),
        onCancel: () => this.cancel(),
      });
      if (this.fields.amount) this.pay(this.fields.amount);
    }

    // Called within a click, so that the browser lets the window open.
    async pay(amount) {
      if (this.asking) return;
      this.asking = true;
      this.fields.amount = amount;
      const payment = window.open("", "_blank", WINDOW);
      if (!payment) {
        this.asking = false;
        this.modal.blocked();
        return;
      }
      this.payment = payment;
      this.modal.waiting();
      try {
        this.order = { ...this.order, ...(await call("ipay/orders", this.fields)) };
      } catch (error) {
        payment.close();
        this.asking = false;
        this.order = { ...this.order, errorMessage: error.message };
        if (open === this) this.modal.failed(error.message);
        return;
      }
      if (open !== this) return;
      payment.location = this.order.formUrl;
      this.watch();
    }

    watch() {
      this.onMessage = (event) => {
        const message = event.data;
        if (event.origin !== GATEWAY || event.source !== this.payment) return;
        if (message?.type === "altyn-ipay" && message.orderId === this.order.orderId) this.settle();
      };
      window.addEventListener("message", this.onMessage);
      this.timer = setInterval(() => {
        if (this.payment.closed) this.settle();
      }, ASK_MS);
    }

    // The window has ended: the gateway says how.
    async settle() {
      clearInterval(this.timer);
      if (this.settled) return;
      this.settled = true;
      try {
        const { orderId } = this.order;
        this.order = { ...this.order, ...(await call("ipay/status", { orderId })) };
      } catch (error) {
        this.order = { ...this.order, errorMessage: error.message, status: "waiting" };
      }
      this.end();
    }

    async cancel() {
      this.payment?.close();
      if (this.order.orderId) await this.settle();
      else this.end();
    }

    end() {
      if (open !== this) return;
      open = null;
      clearInterval(this.timer);
      if (this.onMessage) window.removeEventListener("message", this.onMessage);
      this.modal.close();
      const { formUrl, ...order } = this.order;
      const succeeded = FINISHED.includes(order.status) && order.status !== "failed";
      (succeeded ? this.onSuccess : this.onFail)(order);
    }
  }

  const modalIsLoaded = () =>
    new Promise((resolve, reject) => {
      if (window.AltynIpayModal) {
        resolve();
        return;
      }
      const script = document.createElement("script");
      script.src = new URL("assets/js/ipay-modal.js", FOLDER);
      script.onload = resolve;
      script.onerror = () => reject(new Error("ipay-modal.js did not load"));
      document.head.append(script);
    });

  window.IPAY = class IPAY {
    constructor({ api_token } = {}) {
      if (!api_token) throw new TypeError("IPAY: api_token is missing");
      token = api_token;
      modalIsLoaded().catch((error) => console.error(error));
    }
  };

  window.ipayCheckout = (options, onSuccess, onFail) => {
    if (!token) throw new Error("ipayCheckout: call new IPAY({ api_token }) first");
    if (open) {
      open.payment?.focus();
      return;
    }
    open = new Checkout(options ?? {}, onSuccess, onFail);
    if (window.AltynIpayModal) open.begin();
    else
      modalIsLoaded().then(
        () => open.begin(),
        (error) => {
          const failed = open;
          open = null;
          failed.onFail({ ...failed.order, errorMessage: error.message });
        },
      );
  };
})();
