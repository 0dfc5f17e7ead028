#include "run/duration_model.h"

#include "support/catch.h"

using wrcor::DurationModel;

TEST_CASE("nothing is known before the first evaluation", "[run]") {
  CHECK_FALSE(DurationModel().seconds(5, 1e9));
}

TEST_CASE("a time for each evaluation and one for each FLOP are told apart", "[run]") {
  DurationModel model;
  for (const double flops : {1e6, 5e6, 9e6, 2e6}) model.add(1, flops, 0.25 + 3e-8 * flops);
  model.add(4, 1e7, 4 * 0.25 + 3e-8 * 1e7);  // a batch
  CHECK(*model.seconds(10, 8e7) == Approx(10 * 0.25 + 3e-8 * 8e7));
}

TEST_CASE("equal networks teach the mean alone", "[run]") {
  DurationModel model;
  model.add(1, 2e6, 0.5);
  CHECK(*model.seconds(4, 9e9) == Approx(2.0));
  model.add(1, 2e6, 0.7);
  CHECK(*model.seconds(10, 9e9) == Approx(6.0));
}

TEST_CASE("no part of an estimate is negative", "[run]") {
  DurationModel model;
  model.add(1, 1e6, 0.9);  // the smaller ones took longer
  model.add(1, 9e6, 0.1);
  CHECK(*model.seconds(2, 1e9) == Approx(1.0));
}
