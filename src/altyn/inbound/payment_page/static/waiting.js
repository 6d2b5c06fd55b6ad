// The waiting page: asks every two seconds and moves on as soon as the bank has answered.

import { leave, pause, untilKnown } from "./gateway.js";

const { rest, order, language, pageView } = document.querySelector("#waiting").dataset;
const status = await untilKnown({ rest, order, language, pageView });
if (status.redirect) leave(status.redirect);
else {
  await pause(2000); // a page that has come to no end yet is not asked for in a rush
  window.location.reload();
}
