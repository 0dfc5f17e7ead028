#include "record/score_identity.h"

#include <functional>
#include <set>

#include "support/catch.h"
#include "support/small_config.h"
#include "unit/config/config_support.h"
#include "wrcor/run/workbench.h"

using namespace wrcor;

namespace {

std::string identity(const Config& config, const std::filesystem::path& weights = {}) {
  return score_identity(config, make_workbench(resolve(config)).conditions, weights);
}

using Change = std::function<void(Config&)>;

std::string identity_with(const Change& change, const std::filesystem::path& weights = {}) {
  Config config = test::small_config();
  change(config);
  return identity(config, weights);
}

}  // namespace

TEST_CASE("what a score does not depend on leaves its identity alone", "[record][identity]") {
  const std::string same = identity(test::small_config());
  CHECK(same.size() == 12);
  const Change changes[] = {
      [](Config& c) {
        c.score.proxies = {"synflow", "acor"};
      },
      [](Config& c) { c.score.rank_by = "acor,gcor"; },
      [](Config& c) { c.search.strategy = "random"; },
      [](Config& c) { c.search.budget = 3; },
      [](Config& c) { c.search.dedupe = Dedupe::exact; },
      [](Config& c) { c.constraints.max_params = 10'000'000; },
      [](Config& c) { c.run.device = "auto"; },
      [](Config& c) { c.run.workers = 2; },
      [](Config& c) { c.data.root = "unused"; },
  };
  // Where CUDA is usable, auto is another kind of device.
  for (std::size_t k = 0; k < std::size(changes); ++k) {
    INFO("change " << k);
    if (k == 6 && make_workbench(resolve(Config())).conditions.device_kind != "cpu") continue;
    CHECK(identity_with(changes[k]) == same);
  }
}

TEST_CASE("what a score depends on is in its identity", "[record][identity]") {
  std::set<std::string> seen{identity(test::small_config())};
  const Change changes[] = {
      [](Config& c) { c.space.options["channels"] = 5; },
      [](Config& c) { c.space.options["cells"] = 2; },
      [](Config& c) { c.data.batch_size = 9; },
      [](Config& c) { c.data.augment = false; },
      [](Config& c) { c.score.counting = Counting::paper; },
      [](Config& c) { c.score.init = Initialisation::kaiming; },
      [](Config& c) { c.score.weights_mode = WeightsMode::independent; },
      [](Config& c) { c.score.repeats = 2; },
      [](Config& c) { c.run.seed = 1; },
  };
  for (std::size_t k = 0; k < std::size(changes); ++k) {
    INFO("change " << k);
    CHECK(seen.insert(identity_with(changes[k])).second);
  }
}

TEST_CASE("the classes of the data set count where the minibatch is a file's",
          "[record][identity]") {
  const std::string batch =
      (std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/golden/nb201_small/batch.pt").string();
  const auto of = [&](const char* data) {
    return identity_with([&](Config& c) {
      c.data.batch_file = batch;
      c.data.name = data;
    });
  };
  CHECK(of("cifar10") == of("synthetic"));  // 10 classes both
  CHECK(of("cifar10") != of("cifar100"));
}

TEST_CASE("with weights of a file the file counts, and not how weights would be drawn",
          "[record][identity]") {
  const test::TemporaryFile one("first", "one.pt"), other("second", "other.pt");
  const auto nothing = [](Config&) {};
  const std::string same = identity_with(nothing, one.path());
  CHECK(same != identity(test::small_config()));
  CHECK(same != identity_with(nothing, other.path()));
  CHECK(same ==
        identity_with([](Config& c) { c.score.init = Initialisation::xavier; }, one.path()));
  CHECK(same != identity_with([](Config& c) { c.space.options["channels"] = 5; }, one.path()));
}
