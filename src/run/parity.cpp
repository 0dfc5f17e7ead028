#include "wrcor/run/parity.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "wrcor/core/error.h"
#include "wrcor/core/json.h"
#include "wrcor/core/text_file.h"
#include "wrcor/data/minibatch.h"
#include "wrcor/data/tensor_file.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/evaluator.h"
#include "wrcor/proxy/builtin.h"
#include "wrcor/space/nas_bench_201.h"

namespace wrcor {
namespace {

double score_from_json(const nlohmann::json& json) {
  if (json.is_number()) return json.get<double>();
  const auto text = json.get<std::string>();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

/// Rounding alone moves gradients of weights, and what is made of them, more than other scores: the
/// published values change as much from one batch-norm kernel to the next.
double limit_of(const std::string& proxy, bool full_size, const at::Device& device) {
  constexpr double foreign_kernels = 1e-3;
  if (!device.is_cpu()) return foreign_kernels;
  for (const char* sensitive : {"snip", "grad_norm", "fisher", "grasp"}) {
    if (proxy == sensitive) return full_size ? 1e-3 : 1e-4;
  }
  return proxy == "plain" ? 1e-4 : 1e-5;
}

double error_of_plain(double computed, double expected, double snip) {
  return computed == expected ? 0 : std::abs(computed - expected) / snip;
}

void check_case(const nlohmann::json& golden, const std::filesystem::path& folder,
                const Minibatch& minibatch, const at::Device& device,
                std::vector<ParityCase>& results) {
  EvaluatorOptions options;
  options.proxies.clear();
  for (const std::string& name : proxies().names()) {
    if (golden.at("scores").contains(name)) options.proxies.push_back(name);
  }
  const NasBench201 space(
      {golden.at("C").get<int>(), golden.at("N").get<int>(), golden.at("num_classes").get<int>(),
       static_cast<int>(minibatch.images.size(2)), static_cast<int>(minibatch.images.size(3))});
  const Genotype genotype = space.parse(golden.at("arch").get<std::string>());
  const std::filesystem::path weights = folder / golden.at("weights").get<std::string>();
  const StateDict state(weights.string(), load_tensor_file(weights), space.plan(genotype), device);
  const Evaluation evaluation =
      Evaluator(space, minibatch, options, device).evaluate(genotype, state);
  const bool full_size = golden.at("N").get<int>() > 1;
  for (const auto& [proxy, score] : evaluation.scores) {
    const double expected = score_from_json(golden.at("scores").at(proxy));
    const double error =
        proxy == "plain"
            ? error_of_plain(score.raw, expected, score_from_json(golden.at("scores").at("snip")))
            : relative_error(score.raw, expected);
    results.push_back({golden.at("name").get<std::string>(), proxy, expected, score.raw, error,
                       limit_of(proxy, full_size, device)});
  }
}

}  // namespace

double relative_error(double computed, double expected) {
  if (std::isnan(computed) && std::isnan(expected)) return 0;
  if (computed == expected) return 0;
  if (!std::isfinite(computed) || !std::isfinite(expected))
    return std::numeric_limits<double>::infinity();
  return std::abs(computed - expected) / std::abs(expected);
}

std::vector<ParityCase> check_parity(const std::filesystem::path& folder,
                                     const std::string& device_name) {
  configure_process();
  configure_thread(1);
  const at::Device device = resolve_device(device_name);
  const std::filesystem::path path = folder / "golden.json";
  std::vector<ParityCase> results;
  try {
    constexpr std::uint64_t largest_file = 16 << 20;
    const nlohmann::json golden = parse_json(read_text_file(path, largest_file));
    const Minibatch minibatch = load_minibatch(folder / golden.at("batch").get<std::string>());
    for (const auto& entry : golden.at("cases"))
      check_case(entry, folder, minibatch, device, results);
  } catch (const JsonError& failure) {
    throw DataError("'" + path.string() + "' is no list of golden scores: found " + failure.what());
  } catch (const nlohmann::json::exception& failure) {
    throw DataError("'" + path.string() + "' is no list of golden scores: " + failure.what());
  }
  return results;
}

}  // namespace wrcor
