#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "proxy/batch_observation.h"
#include "proxy/factory.h"
#include "proxy/proxy.h"
#include "run/parity.h"
#include "score/batching.h"
#include "support/catch.h"
#include "support/shared.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/votes.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

/// Whether a score of a batch is that of the network alone, up to rounding: `plain` and others are
/// sums of terms that cancel, zico divides by deviations of gradients, some nearly 0.
bool equal_scores(const std::string& proxy, const Score& one, const Score& alone) {
  const double limit = proxy == "zico" ? 1e-2 : 1e-4;
  return one.reason == alone.reason &&
         (relative_error(one.raw, alone.raw) < limit || std::abs(one.raw - alone.raw) < 1e-6);
}

/// Evaluates all networks of the set together, each with its own weights.
/// @param names  of the proxies, with wrcor, rcor, acor and gcor
/// @return number of scores that were compared with published ones
int compare_batch(const GoldenSet& set, const std::vector<std::string>& names) {
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
  Requirements needs{Need::logits};
  for (const std::string& name : names) needs |= make_proxy(name, {space})->requirements();
  const std::vector<Observation> seen =
      observe_batch({networks[0], minibatch.images, minibatch.labels, Counting::reference, noise},
                    networks, needs);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Observation alone(
        {networks[i], minibatch.images, minibatch.labels, Counting::reference, noise}, needs);
    for (const std::string& name : names) {
      const auto proxy = make_proxy(name, {space});
      const Score together = score_of(*proxy, seen[i]), expected = score_of(*proxy, alone);
      INFO(cases[i].at("name") << " " << name << ": " << together.raw << ", alone "
                               << expected.raw);
      CHECK(equal_scores(name, together, expected));
    }
  }
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
  std::vector<std::string> names;
  for (const std::string& name : proxies().names()) {
    if (is_batched(name)) names.push_back(name);
  }
  CHECK(compare_batch(built_in_golden_set(), names) >= 4 * 12);
}

TEST_CASE("a batch of full-size networks has the scores of the published implementation",
          "[golden]") {
  WRCOR_REQUIRE_SHARED(folder, "golden/nb201_full");
  std::vector<std::string> names = votes().find("auto").value.members;
  names.insert(names.end(), {"rcor", "acor", "gcor", "naswot", "snip", "fisher"});
  CHECK(compare_batch(golden_folder(folder), names) == 4 * 2);
}
