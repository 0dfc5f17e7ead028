#include <nlohmann/json.hpp>

#include "core/json.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "proxy/batch_observation.h"
#include "proxy/factory.h"
#include "proxy/proxy.h"
#include "run/parity.h"
#include "support/catch.h"
#include "support/shared.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

/// Evaluates all networks of the set together, each with its own weights.
/// @return number of scores that were compared
int compare_batch(const GoldenSet& set) {
  const auto tensors = [&](const nlohmann::json& file) {
    return parse_tensor_file(set.read(file.get<std::string>()), file.get<std::string>());
  };
  const nlohmann::json golden = parse_json(set.read("golden.json"));
  const Minibatch minibatch = make_minibatch(tensors(golden.at("batch")), set.origin);
  const nlohmann::json& cases = golden.at("cases");
  const auto size = [&](const char* name) { return cases[0].at(name).get<int>(); };
  const NasBench201 space({size("C"), size("N"), size("num_classes"),
                           static_cast<int>(minibatch.images.size(2)),
                           static_cast<int>(minibatch.images.size(3))});
  std::vector<Network> networks;
  for (const nlohmann::json& one : cases) {
    const NetworkPlan plan = space.plan(space.parse(one.at("arch").get<std::string>()));
    networks.emplace_back(plan, StateDict(set.origin, tensors(one.at("weights")), plan, at::kCPU));
  }
  const Noise noise(0, at::kCPU);
  const std::vector<Observation> seen = observe_batch(
      {networks[0], minibatch.images, minibatch.labels, Counting::reference, noise}, networks,
      {Need::activation_correlations, Need::gradient_correlations, Need::logits});
  int compared = 0;
  for (const char* name : {"wrcor", "rcor", "acor", "gcor"}) {
    const auto proxy = make_proxy(name, {space});
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const nlohmann::json& expected = cases[i].at("scores").at(name);
      if (!expected.is_number()) continue;
      INFO(cases[i].at("name") << " " << name);
      CHECK(relative_error(proxy->score(seen[i]).raw, expected.get<double>()) < 1e-5);
      ++compared;
    }
  }
  return compared;
}

}  // namespace

TEST_CASE("a batch of small networks has the scores of the published implementation", "[golden]") {
  CHECK(compare_batch(built_in_golden_set()) >= 4 * 12);
}

TEST_CASE("a batch of full-size networks has the scores of the published implementation",
          "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/nb201_full");
  CHECK(compare_batch(golden_folder(folder)) == 4 * 2);
}
