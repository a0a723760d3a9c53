// Runs one example by its name: `npm run example fetch`
const [name = ''] = process.argv.slice(2);
const names = ['fetch', 'ky', 'sdk', 'reauth'];
if (names.includes(name)) await import(`./${name}.ts`);
else {
  console.error(
    `Expected the name of an example (${names.join(', ')}), got ${name === '' ? 'nothing' : `"${name}"`}.`,
  );
  process.exitCode = 1;
}
