// The waiting page: asks every two seconds, and opens the next page as soon as the result is known.

import { navigate, pause, untilKnown } from "./gateway.js";

const { rest, order, language, pageView } = document.querySelector("#waiting").dataset;
const status = await untilKnown({ rest, order, language, pageView });
if (status.redirect) navigate(status.redirect);
else {
  await pause(2000); // the reloaded page may wait too, so it is not requested at once
  window.location.reload();
}
