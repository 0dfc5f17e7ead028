#include "run/self_test.h"

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

ParityCase of(const char* proxy, double error, double limit) {
  return {"network", proxy, 1.0, 1.0 + error, error, limit};
}

std::string refusal(const std::vector<ParityCase>& cases) {
  try {
    return verdict(cases, "cpu");
  } catch (const RunError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a verdict names the error that comes closest to its limit", "[run]") {
  CHECK(
      verdict({of("wrcor", 2e-6, 1e-5), of("snip", 1e-5, 1e-4), of("wrcor", 3e-6, 1e-5)}, "cpu") ==
      "self-test: 3 of 3 golden scores agree (largest error 3.0e-06 of limit 1e-05, wrcor); this "
      "build can be trusted on cpu");
}

TEST_CASE("a verdict names every proxy that is off, by how much at worst", "[run]") {
  CHECK(refusal({of("wrcor", 2e-5, 1e-5), of("wrcor", 0.5, 1e-5), of("snip", 2e-4, 1e-4),
                 of("acor", 1e-6, 1e-5)}) ==
        "self-test: 1 of 4 golden scores agree: snip is off by up to 2.0e-04, its limit is 1e-04, "
        "wrcor is off by up to 5.0e-01, its limit is 1e-05; this build cannot be trusted on cpu");
}

TEST_CASE("this build passes its self-test", "[run]") {
  CHECK(self_test("cpu").starts_with("self-test: 294 of 294 golden scores agree (largest error "));
  CHECK_THROWS_AS(self_test("cuda:63"), UsageError);
}

TEST_CASE("a verdict counts scores that rounding decides about", "[run]") {
  ParityCase undecided = of("snip", 2e-4, 1e-4);
  undecided.movement = 3e-4;
  CHECK(verdict({of("wrcor", 2e-6, 1e-5), undecided}, "cpu") ==
        "self-test: 1 of 2 golden scores agree, rounding decides about 1 (largest error 2.0e-06 of "
        "limit 1e-05, wrcor); this build can be trusted on cpu");
  undecided.movement = 1e-5;
  CHECK(refusal({of("wrcor", 2e-6, 1e-5), undecided}) ==
        "self-test: 1 of 2 golden scores agree: snip is off by up to 2.0e-04, its limit is 1e-04; "
        "this build cannot be trusted on cpu");
}
