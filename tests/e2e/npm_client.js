// A shop in JavaScript: the npm package sberbank-acquiring, unmodified, with the address of a gateway.
// Reads a call per line of standard input, [method, argument, …] in JSON, and prints what came of it as a line of JSON:
// {"answer": …}, or the error that the package has thrown.
// Usage: node npm_client.js ADDRESS LOGIN PASSWORD

const Acquiring = require('sberbank-acquiring');
const readline = require('node:readline');

const [address, userName, password] = process.argv.slice(2);
const client = new Acquiring({ userName, password }, 'https://shop.example/paid?number={order}');
client.entry = `${address}/payment/rest/`;

async function outcome([method, ...parameters]) {
  try {
    return { answer: await client[method](...parameters) };
  } catch (error) {
    return { code: error.sberErrorCode ?? '', text: error.message };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await outcome(JSON.parse(line))));
  }
})();
