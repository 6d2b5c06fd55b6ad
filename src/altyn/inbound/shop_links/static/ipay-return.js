// In the window that the pay button opened: tells the shop's page that the payment has ended.
(() => {
  const { order, origin } = document.currentScript.dataset;
  if (!window.opener || !order || !origin) return;
  window.opener.postMessage({ type: "altyn-ipay", orderId: order }, origin);
  window.close();
})();
