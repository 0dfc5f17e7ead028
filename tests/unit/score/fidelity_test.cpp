#include "score/fidelity.h"

#include "support/catch.h"
#include "wrcor/core/error.h"

using namespace wrcor;

TEST_CASE("fidelities are epochs with columns", "[score][fidelity]") {
  const auto fidelities = parse_fidelities("--fidelity", {"12=c10_val_12ep", "200=-loss=end"});
  REQUIRE(fidelities.size() == 2);
  CHECK(fidelities[0].epochs == 12);
  CHECK(fidelities[0].column.name == "c10_val_12ep");
  CHECK(fidelities[1].epochs == 200);
  CHECK(fidelities[1].column.name == "loss=end");
  CHECK(fidelities[1].column.better == Direction::lower);
}

TEST_CASE("fidelities that mean nothing are refused", "[score][fidelity]") {
  for (const char* text : {"", "12", "12=", "=acc", "0=acc", "-3=acc", "1000001=acc", "1.5=acc",
                           "12 =acc", "99999999999=acc"}) {
    INFO(text);
    CHECK_THROWS_WITH(parse_fidelities("--fidelity", {text}),
                      ContainsSubstring("--fidelity: expected EPOCHS=COLUMN"));
  }
  CHECK_THROWS_WITH(parse_fidelities("--fidelity", {"200=a", "12=b"}),
                    ContainsSubstring("expected epochs that increase, got 12 after 200"));
  CHECK_THROWS_WITH(parse_fidelities("--fidelity", {"12=a", "12=b"}),
                    ContainsSubstring("got 12 after 12"));
}
