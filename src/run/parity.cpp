#include "run/parity.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "internal/golden_data.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "wrcor/core/error.h"
#include "wrcor/score/proxies.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

/// Networks with more parameters have the size of networks that are trained in practice.
constexpr std::int64_t full_size_params = 400'000;

/// Whether a score compares the outputs of an input and of one with noise.
bool is_perturbation(const std::string& proxy) {
  return proxy.starts_with("phi") || proxy.starts_with("zen") || proxy == "bt";
}

/// The noise that the published scores were computed with.
class RecordedNoise final : public Noise {
 public:
  RecordedNoise(const Tensors& draws, const at::Device& device) : Noise(0, device) {
    for (const char* name : {"first", "second"}) {
      const auto found = draws.find(name);
      if (found == draws.end())
        throw DataError("found no tensor " + std::string(name) + " among the noise");
      draws_.push_back(found->second.to(device));
    }
  }

  at::Tensor normal(int draw, at::IntArrayRef shape) const override {
    const at::Tensor& drawn = draws_.at(static_cast<std::size_t>(draw));
    if (drawn.sizes() != shape) throw DataError("the noise has not the shape of the images");
    return drawn;
  }

 private:
  std::vector<at::Tensor> draws_;
};

double score_from_json(const nlohmann::json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw DataError("expected a score as a number, nan, inf or -inf, got " + json.dump());
}

bool lists(const nlohmann::json& golden, const char* list, const std::string& name) {
  const auto names = golden.find(list);
  return names != golden.end() && std::find(names->begin(), names->end(), name) != names->end();
}

/// The scores of a case that can be compared: of a proxy that the program has, that the published
/// code gives, and that its own rounding does not change by more than a hundredth ("unstable").
/// @param noise  whether the set has that of scores with noise
std::vector<std::string> comparable_scores(const nlohmann::json& golden, bool noise) {
  std::vector<std::string> known;
  for (const auto& entry : proxies().entries()) {
    const auto score = golden.at("scores").find(entry.name);
    if (score == golden.at("scores").end() || lists(golden, "unstable", entry.name)) continue;
    const bool failed = score->is_string() && score->get<std::string>().starts_with("error");
    if (failed || (is_perturbation(entry.name) && !noise)) continue;
    known.push_back(entry.name);
  }
  if (known.empty())
    throw DataError("scores: found none of a proxy that this program has (wrcor list proxies)");
  return known;
}

/// Rounding affects gradients of weights, and scores computed from them, more than other scores:
/// the published values change as much from one batch-norm kernel to another.
double usual_limit(const std::string& proxy, bool full_size) {
  for (const char* sensitive : {"snip", "grad_norm", "fisher", "grasp"}) {
    if (proxy == sensitive) return full_size ? 1e-3 : 1e-4;
  }
  if (is_perturbation(proxy)) return 2e-5;  // the published sum is in float32
  return proxy == "plain" ? 1e-4 : 1e-5;
}

/// Limits of sets with scores in float64, whose networks have fewer shortcuts than those of
/// NAS-Bench-201: their matrices are almost identities, and what is computed from them depends on
/// the rounding of small entries. The published scores in float32 and float64 differ as much.
double limit_of_further_space(const std::string& proxy) {
  static const std::map<std::string, double> limits = {{"jacob_cor_logdet", 1e-2},
                                                       {"epe", 1e-2},
                                                       {"grasp", 1e-2},
                                                       {"fisher", 2e-3},
                                                       {"resp_sens", 2e-3},
                                                       {"wrcor", 3e-5},
                                                       {"rcor", 3e-5},
                                                       {"acor", 3e-5},
                                                       {"gcor", 3e-5},
                                                       {"naswot", 3e-5},
                                                       {"grad_hamming", 3e-5},
                                                       {"act_grad_hamming", 3e-5}};
  const auto found = limits.find(proxy);
  return found == limits.end() ? 0 : found->second;
}

double limit_of(const std::string& proxy, bool full_size, const at::Device& device,
                bool further_space) {
  constexpr double foreign_kernels = 1e-3;
  if (!device.is_cpu()) return foreign_kernels;
  const double usual = usual_limit(proxy, full_size);
  return further_space ? std::max(usual, limit_of_further_space(proxy)) : usual;
}

/// @param golden  the case: `plain`, whose terms cancel, is compared relative to its snip
double error_of(const std::string& proxy, double computed, double expected,
                const nlohmann::json& golden) {
  if (proxy != "plain") return relative_error(computed, expected);
  const double snip = score_from_json(golden.at("scores").at("snip"));
  return computed == expected ? 0 : std::abs(computed - expected) / snip;
}

/// The space of a case: that of the set, with the sizes that the case gives. Cases of the first
/// sets name no space, and use other names for some sizes.
std::unique_ptr<SearchSpace> space_from_json(const nlohmann::json& set,
                                             const nlohmann::json& golden,
                                             const at::Tensor& images) {
  SpaceChoice choice;
  choice.name = set.value("space", choice.name);
  const std::map<std::string, std::string> other_words = {
      {"channels", "C"}, {"cells", "N"}, {"stem_channels", "stem"}};
  for (const SpaceOption& option : spaces().find(choice.name).value.options) {
    const auto other_word = other_words.find(option.name);
    for (const std::string& name :
         {option.name, other_word == other_words.end() ? "" : other_word->second}) {
      const auto size = golden.find(name);
      if (size == golden.end()) continue;
      if (!size->is_number_integer() && !size->is_boolean())
        throw DataError(name + ": expected an integer, got " + size->dump());
      choice.options[option.name] =
          size->is_boolean() ? std::int64_t{size->get<bool>()} : size->get<std::int64_t>();
    }
  }
  constexpr int most_classes = 65536;
  const nlohmann::json& classes = golden.at("num_classes");
  if (!classes.is_number_unsigned() || classes < 1 || classes > most_classes)
    throw DataError("num_classes: expected an integer from 1 to " + std::to_string(most_classes) +
                    ", got " + classes.dump());
  const auto side = [&](int dimension) { return static_cast<int>(images.size(dimension)); };
  return make_space(choice, {{side(1), side(2), side(3)}, classes.get<int>()});
}

Tensors read_tensors(const GoldenSet& set, const std::string& file) {
  return parse_tensor_file(set.read(file), set.origin + "/" + file);
}

/// What a golden score was computed from.
struct Inputs {
  Tensors weights;
  Minibatch minibatch;
  std::optional<Tensors> noise;  ///< nothing: the set has none
};

at::Tensor rounded_otherwise(const at::Tensor& tensor, const at::Generator& generator) {
  if (!tensor.is_floating_point()) return tensor;
  constexpr double last_digit = 0x1p-23;  // of float32
  const at::Tensor change = at::rand(tensor.sizes(), generator, at::kDouble) * 2 - 1;
  return (tensor.to(at::kDouble) * (1 + last_digit * change)).to(tensor.scalar_type());
}

/// Inputs that differ from the given ones only by rounding: by up to a unit in the last digit.
Inputs rounded_otherwise(Inputs inputs, std::uint64_t draw) {
  const at::Generator generator = at::detail::createCPUGenerator(draw);
  for (auto& [name, tensor] : inputs.weights) tensor = rounded_otherwise(tensor, generator);
  inputs.minibatch.images = rounded_otherwise(inputs.minibatch.images, generator);
  if (inputs.noise) {
    for (auto& [name, tensor] : *inputs.noise) tensor = rounded_otherwise(tensor, generator);
  }
  return inputs;
}

/// A golden case, and how to score its network.
struct GoldenCase {
  const nlohmann::json& golden;
  const SearchSpace& space;
  Genotype genotype;
  std::string origin;  ///< of the weights
  at::Device device;

  Evaluation evaluate(const Inputs& inputs, std::vector<std::string> proxies) const {
    EvaluatorOptions options;
    options.proxies = std::move(proxies);
    options.proxy_input = ProxyInput::images;  // as the published scores that take noise elsewhere
    const StateDict state(origin, inputs.weights, space.plan(genotype), device);
    const Evaluator evaluator(space, inputs.minibatch, options, device);
    return inputs.noise ? evaluator.evaluate(genotype, state, RecordedNoise(*inputs.noise, device))
                        : evaluator.evaluate(genotype, state);
  }
};

/// Sets ParityCase::movement of the results that exceed their limits.
void measure_movement(const GoldenCase& of, const Inputs& inputs, std::span<ParityCase> results) {
  std::map<std::string, ParityCase*> suspects;
  for (ParityCase& result : results) {
    if (!result.good()) suspects[result.proxy] = &result;
  }
  constexpr std::uint64_t draws = 64;
  for (std::uint64_t draw = 0; draw < draws && !suspects.empty(); ++draw) {
    std::vector<std::string> proxies;
    for (const auto& [proxy, result] : suspects) proxies.push_back(proxy);
    for (const auto& [proxy, score] :
         of.evaluate(rounded_otherwise(inputs, draw), proxies).scores) {
      ParityCase& suspect = *suspects.at(proxy);
      suspect.movement =
          std::max(suspect.movement, error_of(proxy, score.raw, suspect.computed, of.golden));
      if (suspect.undecided()) suspects.erase(proxy);
    }
  }
}

/// @param inputs  the weights are read
void check_case(const nlohmann::json& all, const nlohmann::json& golden, const GoldenSet& set,
                Inputs inputs, const at::Device& device, std::vector<ParityCase>& results) {
  const auto space = space_from_json(all, golden, inputs.minibatch.images);
  const auto file = golden.at("weights").get<std::string>();
  const GoldenCase of{.golden = golden,
                      .space = *space,
                      .genotype = space->parse(golden.at("arch").get<std::string>()),
                      .origin = set.origin + "/" + file,
                      .device = device};
  inputs.weights = read_tensors(set, file);
  const Evaluation evaluation =
      of.evaluate(inputs, comparable_scores(golden, inputs.noise.has_value()));
  if (evaluation.status == Status::failed) {
    throw RunError("cannot evaluate " + golden.at("name").get<std::string>() + ": " +
                   evaluation.reason);
  }
  const bool full_size = space->costs(of.genotype).params > full_size_params;
  const std::size_t first = results.size();
  for (const auto& [proxy, score] : evaluation.scores) {
    const double expected = score_from_json(golden.at("scores").at(proxy));
    results.push_back(
        {.network = golden.at("name").get<std::string>(),
         .proxy = proxy,
         .expected = expected,
         .computed = score.raw,
         .error = error_of(proxy, score.raw, expected, golden),
         .limit = limit_of(proxy, full_size, device, golden.contains("scores_float64"))});
  }
  measure_movement(of, inputs, std::span(results).subspan(first));
}

/// The same, with the name of the case in front of the error.
void check_named_case(const nlohmann::json& all, const nlohmann::json& golden, const GoldenSet& set,
                      const Inputs& inputs, const at::Device& device,
                      std::vector<ParityCase>& results) {
  const std::string place =
      set.origin + "/golden.json: " + golden.at("name").get<std::string>() + ": ";
  try {
    check_case(all, golden, set, inputs, device, results);
  } catch (const DataError& failure) {
    throw DataError(place + failure.what());
  } catch (const UsageError& failure) {  // not an architecture
    throw DataError(place + failure.what());
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

GoldenSet golden_folder(const std::filesystem::path& folder) {
  return {folder.string(), [folder](const std::string& file) { return read_file(folder / file); }};
}

GoldenSet built_in_golden_set() {
  const std::string origin = "golden scores of the program";
  return {origin, [origin](const std::string& file) {
            for (const auto& [name, content] : golden_data()) {
              if (name == file) return std::string(content);
            }
            throw DataError(origin + ": the file '" + file + "' does not exist");
          }};
}

std::vector<ParityCase> check_parity(const GoldenSet& set, const std::string& device) {
  return check_parity(set, resolve_device(device));
}

std::vector<ParityCase> check_parity(const GoldenSet& set, c10::Device device) {
  configure_process();
  configure_thread(1);
  reserve_blas_buffers(1);
  configure_device(device);
  std::vector<ParityCase> results;
  try {
    const nlohmann::json golden = parse_json(set.read("golden.json"));
    const auto batch = golden.at("batch").get<std::string>();
    Inputs inputs;
    inputs.minibatch = make_minibatch(read_tensors(set, batch), set.origin + "/" + batch);
    if (const auto file = golden.find("noise"); file != golden.end())
      inputs.noise = read_tensors(set, file->get<std::string>());
    for (const auto& entry : golden.at("cases"))
      check_named_case(golden, entry, set, inputs, device, results);
  } catch (const JsonError& failure) {
    throw DataError("'" + set.origin + "/golden.json' is not a list of golden scores: found " +
                    failure.what());
  } catch (const nlohmann::json::exception& failure) {
    throw DataError("'" + set.origin +
                    "/golden.json' is not a list of golden scores: " + reason_of(failure));
  }
  return results;
}

}  // namespace wrcor
