const fs = require('node:fs');
const Mocha = require('mocha');

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants;

/**
 * Mocha's usual output, and the counts as JSON in the file that $TRAINYARD_TEST_RESULTS names, so that whoever started the
 * tests needn't read them out of text. No file means that the tests did not get to their end.
 */
module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: [] };
    runner.on(EVENT_TEST_PASS, () => (counts.passed += 1));
    runner.on(EVENT_TEST_FAIL, () => (counts.failed += 1));
    runner.on(EVENT_TEST_PENDING, (test) => counts.skipped.push(test.fullTitle()));
    runner.on(EVENT_RUN_END, () => {
      const file = process.env.TRAINYARD_TEST_RESULTS;
      if (file !== undefined) {
        fs.writeFileSync(file, `${JSON.stringify(counts)}\n`);
      }
    });
  }
};
