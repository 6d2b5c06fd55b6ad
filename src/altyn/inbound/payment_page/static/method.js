// The page of the 3-D Secure method step: runs the step, then posts the page's form with the result.

import { methodStep } from "./three_ds.js";

const form = document.querySelector("#method");
const { methodUrl, methodData, methodTitle } = form.dataset;
form.elements.threeDSCompInd.value = await methodStep(methodUrl, methodData, methodTitle);
HTMLFormElement.prototype.submit.call(form);
