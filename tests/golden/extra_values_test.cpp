// Scores that the golden files do not hold, from live runs of the published code on the networks of
// nb201_small, with the same weights, minibatch and noise; six digits.

#include <ATen/CPUGeneratorImpl.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "eval/evaluator.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "nn/weights.h"
#include "run/parity.h"
#include "support/catch.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

/// libtorch's own generator, drawn from in the order of the definitions.
class PublishedNoise final : public Noise {
 public:
  PublishedNoise() : Noise(0, at::kCPU) {}

  at::Tensor normal(int draw, at::IntArrayRef shape) const override {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(7);
    at::Tensor drawn;
    for (int i = 0; i <= draw; ++i) drawn = at::randn(shape, generator);
    return drawn;
  }

  /// Asked for from the last block to the first.
  at::Tensor signs(int, at::IntArrayRef shape) const override {
    return at::bernoulli(at::full(shape, 0.5), signs_) * 2 - 1;
  }

 private:
  at::Generator signs_ = at::make_generator<at::CPUGeneratorImpl>(3);
};

class Networks {
 public:
  explicit Networks(std::vector<std::string> proxies, Counting counting = Counting::reference) {
    options_.proxies = std::move(proxies);
    options_.counting = counting;
    options_.proxy_input = ProxyInput::images;  // as these runs did
  }

  /// Raw scores of the network "arch1835".
  Evaluation evaluate(const std::string& name) const {
    for (const auto& entry : golden_.at("cases")) {
      if (entry.at("name") != name) continue;
      const NasBench201 space({4, 1, 10, 32, 32});
      const Genotype genotype = space.parse(entry.at("arch").get<std::string>());
      const StateDict weights(name, load_tensor_file(folder_ / entry.at("weights")),
                              space.plan(genotype), at::kCPU);
      const Evaluator evaluator(space, load_minibatch(folder_ / "batch.pt"), options_, at::kCPU);
      return evaluator.evaluate(genotype, weights, PublishedNoise());
    }
    throw std::out_of_range(name);
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(WRCOR_SOURCE_DIR) / "tests/golden/nb201_small";
  nlohmann::json golden_ = nlohmann::json::parse(read_file(folder_ / "golden.json"));
  EvaluatorOptions options_;
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using Values = std::vector<double>;

const std::vector<std::string> names{"arch1835", "arch1462", "arch8249",
                                     "arch811",  "arch7402", "arch12347"};

}  // namespace

TEST_CASE("scores equal those of live runs of the published code", "[golden]") {
  const std::map<std::string, Values> published{
      {"phi", {333.190, 0.390815, 0.550893, 0.273876, 1.44605, 0}},
      {"phi_bn", {82.9211, 311.528, 264.826, 192.416, 106.321, 0}},
      {"phi_with_data", {336.573, 0.375877, 0.526852, 0.269893, 1.26892, 0}},
      {"zen", {6.08569, 3.89560, 4.71925, 3.95334, 3.84733, -15.0293}},
      {"zen_with_data", {6.09709, 3.91091, 4.68201, 3.92303, 3.81682, -15.0290}},
      {"bt", {-355.980, -364.519, -362.720, -366.170, -393.380, -1024}},
      {"feature_distance", {2.48306, 2.24997, 2.38929, 2.45847, 2.42169, not_a_number}},
      {"act_grad_hamming", {158.058, 186.089, 173.484, 172.846, 164.161, 138.873}},
      {"meco", {15.0064, 53.2958, 15.4189, 23.1176, 11.2144, 4.50509}},
      {"swap", {9439, 24365, 19990, 14799, 14605, 3952}},
      {"az_expressivity", {9.20185, 12.0413, 11.4486, 11.9169, 11.0515, -infinity}},
      {"az_progressivity", {0, 0.0301881, -0.162323, -0.0485976, -0.295696, -infinity}},
      {"az_trainability", {-1.68158, -0.317557, -0.152448, -0.374909, -2.85061, -599998.9}},
  };
  std::vector<std::string> proxies;
  for (const auto& entry : published) proxies.push_back(entry.first);
  const Networks networks(proxies);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Evaluation evaluation = networks.evaluate(names[i]);
    for (const auto& [proxy, values] : published) {
      INFO(names[i] << " " << proxy << ": expected " << values[i] << ", computed "
                    << evaluation.score(proxy).raw);
      CHECK(relative_error(evaluation.score(proxy).raw, values[i]) <= 1e-5);
    }
  }
}

TEST_CASE("zico equals live runs of the published code up to its own rounding", "[golden]") {
  const Networks networks({"zico"});
  const Values published{65.1632, 206.531, 102.310, 82.3444, 59.1616, 0};
  for (std::size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    CHECK(relative_error(networks.evaluate(names[i]).score("zico").raw, published[i]) <= 1e-3);
  }
}

TEST_CASE("scores that count every ReLU once have their own values", "[golden]") {
  const std::vector<std::string> proxies{"wrcor", "rcor", "acor", "gcor", "naswot", "grad_hamming"};
  const std::map<std::string, Values> expected{
      {"arch1835", {73.479338, 36.413329, 25.582965, 24.843053, 139.228605, 135.107334}},
      {"arch1462", {93.382539, 61.013390, 49.795911, 49.994252, 165.324631, 161.552105}},
      {"arch811", {80.860089, 46.749288, 37.934626, 32.887396, 153.367188, 144.489342}}};
  const Networks networks(proxies, Counting::paper);
  for (const auto& [name, values] : expected) {
    const Evaluation evaluation = networks.evaluate(name);
    for (std::size_t i = 0; i < proxies.size(); ++i) {
      INFO(name << " " << proxies[i]);
      CHECK(relative_error(evaluation.score(proxies[i]).raw, values[i]) <= 1e-5);
    }
  }
}
