// What a run of the conformance suite proves: node verdict.mjs SUITE LEG OUT CONTROL
//
// SUITE    folder of the suite's package
// LEG      which scenarios are to pass, and which fail for which reason: legs/*.yaml
// OUT      what the suite wrote about the server
// CONTROL  what it wrote about an address that nobody answers on
//
// A scenario passes if no check of it failed or warned, but for those that the leg expects to, and if at least one
// succeeded that did not succeed in the control. A scenario that passes in the control as well can't be named. Every
// scenario that the protocol's revision requires must be in one of the leg's lists. Prints a row of the table and exits
// with 0, or says what is wrong and exits with 1.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const [suite, legFile, out, control] = process.argv.slice(2);
const { parse } = createRequire(join(suite, 'package.json'))('yaml');
const yaml = (path) => parse(readFileSync(path, 'utf8'));

/** The checks of each scenario that ran, by the scenario's name; none for one that broke off. */
function checks(folder) {
    const ran = new Map();
    for (const entry of readdirSync(folder)) {
        const name = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(entry)?.[1];
        if (!name) throw new Error(`${join(folder, entry)} is no result of the suite as this script knows them`);
        if (ran.has(name)) throw new Error(`${folder} holds two runs of ${name}; empty it first`);
        const file = join(folder, entry, 'checks.json');
        ran.set(name, existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
    }
    return ran;
}

const leg = yaml(legFile);
const required = yaml(join(suite, 'requirements', `${leg.requirements}.yaml`)).server;
const [ran, dead] = [checks(out), checks(control)];
const failing = new Set(leg.server);
const silent = leg.says_nothing ?? [];
const every = required.filter((name) => !failing.has(name) && !silent.includes(name));
const named = new Set(leg.passes.flatMap((name) => (name === 'every required scenario' ? every : [name])));

const wrong = [];
let proofs = 0;
for (const name of named) {
    const [here, there] = [ran.get(name), dead.get(name)];
    if (!here || !there) {
        wrong.push(`${name} did not run; the suite knows no such scenario in this set`);
        continue;
    }
    if (here.length === 0) {
        wrong.push(`${name} broke off`);
        continue;
    }
    const bad = here.filter(
        ({ id, status }) => ['FAILURE', 'WARNING'].includes(status) && !failing.has(`${name}:${id}`),
    );
    for (const { id, errorMessage, description } of bad) wrong.push(`${name}:${id}: ${errorMessage ?? description}`);
    const given = new Set(there.filter(({ status }) => status === 'SUCCESS').map(({ id }) => id));
    const proof = here.filter(({ id, status }) => status === 'SUCCESS' && !given.has(id));
    if (bad.length === 0 && proof.length === 0) {
        wrong.push(`${name} can't be named: it passes where nobody answers as well`);
    }
    proofs += proof.length;
}
for (const name of required) {
    if (!named.has(name) && !failing.has(name) && !silent.includes(name)) {
        wrong.push(`${name} is required and in none of the lists`);
    }
}

if (wrong.length > 0) {
    console.error(`problem: ${basename(legFile)} is not what the server does:`);
    for (const line of wrong) console.error(`  ${line}`);
    console.error(`fix: mend the server; or, if it is right, move the scenario in ${legFile} and give the reason`);
    process.exit(1);
}
// Required scenarios: all, those that pass, the checks that prove it, those that fail for a reason or say nothing.
const passed = required.filter((name) => named.has(name)).length;
const counts = [required.length, passed, proofs, required.length - passed - silent.length, silent.length];
console.log(basename(legFile, '.yaml').padEnd(32) + counts.map((count) => String(count).padStart(10)).join(''));
