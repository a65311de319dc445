/**
 * Variables that nobody sets for an app: a process has them from its system, its image, or the tool that starts it. To list them, or to hand on those of whoever
 * starts containers, would say that people may: the container would have that machine's PATH.
 */

/** What every process has, and what the image says of itself. */
const OF_PROCESSES =
  /^(PATH|HOME|PWD|OLDPWD|USER|USERNAME|LOGNAME|SHELL|TERM|HOSTNAME|SHLVL|DISPLAY|EDITOR|TMPDIR|TEMP|TMP|PORT|VIRTUAL_ENV|PYTHONPATH|PYTHON_VERSION|XDG_[A-Z]+_(HOME|DIR))$/;

/**
 * What frameworks and test tools set for what they start. Sources: `flask run` (flask/cli.py), Werkzeug's reloader and Django's (django/utils/autoreload.py),
 * pytest ("Environment Variables" of its reference), pytest-xdist, tox.
 */
const OF_TOOLS =
  /^(FLASK_RUN_FROM_CLI|WERKZEUG_RUN_MAIN|WERKZEUG_SERVER_FD|RUN_MAIN|DJANGO_AUTORELOAD_ENV|SERVER_SOFTWARE|PYTEST_(CURRENT_TEST|VERSION|XDIST_\w+)|TOX_ENV_(NAME|DIR)|COVERAGE_PROCESS_START)$/;

/** What services that run builds set: "Default environment variables" of GitHub, "Predefined CI/CD variables" of GitLab, and their like. */
const OF_BUILDS =
  /^(CI|CONTINUOUS_INTEGRATION|GITHUB_(ACTIONS|ACTOR|BASE_REF|EVENT_(NAME|PATH)|HEAD_REF|JOB|OUTPUT|REF|REF_(NAME|TYPE)|RUN_(ID|NUMBER|ATTEMPT)|STEP_SUMMARY|WORKFLOW|WORKSPACE)|RUNNER_(OS|TEMP|NAME)|GITLAB_CI|CI_(COMMIT|JOB|PIPELINE)_[A-Z_]+|TRAVIS|CIRCLECI|BUILDKITE|APPVEYOR|TF_BUILD|TEAMCITY_VERSION|JENKINS_URL|CODESPACES)$/;

/** What platforms set where they run an app, by which it finds out that they do. */
const OF_PLATFORMS =
  /^(DYNO|KUBERNETES_SERVICE_(HOST|PORT)|K_(SERVICE|REVISION)|GAE_(ENV|INSTANCE|SERVICE|VERSION)|AWS_LAMBDA_FUNCTION_NAME|AWS_EXECUTION_ENV|VERCEL|RENDER|FLY_(APP_NAME|ALLOC_ID|REGION)|WEBSITE_(HOSTNAME|SITE_NAME)|RAILWAY_ENVIRONMENT)$/;

/** Whether nobody sets a variable of that name. */
export function isSetByItself(name: string): boolean {
  return [OF_PROCESSES, OF_TOOLS, OF_BUILDS, OF_PLATFORMS].some(names => names.test(name));
}
