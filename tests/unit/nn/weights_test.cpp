#include "nn/weights.h"

#include <cmath>
#include <limits>

#include "space/plan_builder.h"
#include "support/catch.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const Parameter convolution{
    "cells.0.layers.2.op.1.weight",        {8, 4, 3, 3}, ParameterRole::weight, 36, 72,
    {Distribution::Kind::uniform, 1.0 / 6}};

std::map<std::string, at::Tensor> state_of(const NetworkPlan& plan) {
  const WeightBank bank(1, Initialisation::standard, at::kCPU);
  std::map<std::string, at::Tensor> tensors;
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters)
      tensors[parameter.name] = bank.get(parameter);
    if (layer.kind != LayerKind::batch_norm) continue;
    tensors[layer.name + ".running_mean"] = at::zeros({layer.out.channels});
    tensors[layer.name + ".running_var"] = at::ones({layer.out.channels});
    tensors[layer.name + ".num_batches_tracked"] = at::zeros({}, at::kLong);
  }
  return tensors;
}

std::string rejection(std::map<std::string, at::Tensor> tensors, const NetworkPlan& plan) {
  try {
    StateDict("net.pt", std::move(tensors), plan, at::kCPU);
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

NetworkPlan small_plan() {
  const NasBench201 space({4, 1, 10, 32, 32});
  return space.plan(space.parse("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|"));
}

}  // namespace

TEST_CASE("weights depend on seed, name, shape and fan-in only", "[nn][weights]") {
  const WeightBank one(7, Initialisation::standard, at::kCPU),
      other(7, Initialisation::standard, at::kCPU);
  Parameter renamed = convolution, reshaped = convolution;
  renamed.name = "cells.1.layers.2.op.1.weight";
  reshaped.shape = {8, 4, 1, 1};
  other.get(renamed);  // what was drawn before does not matter
  CHECK(one.get(convolution).equal(other.get(convolution)));
  CHECK_FALSE(one.get(convolution).equal(one.get(renamed)));
  CHECK(one.get(reshaped).sizes() == at::IntArrayRef({8, 4, 1, 1}));
  CHECK_FALSE(one.get(convolution)
                  .equal(WeightBank(8, Initialisation::standard, at::kCPU).get(convolution)));
  CHECK(one.get(convolution).is_same(one.get(convolution)));
}

TEST_CASE("a bias follows the inputs of its layer, whichever network was first", "[nn][weights]") {
  const auto bias_of = [](std::int64_t inputs) {
    return Parameter{"classifier.bias",
                     {10},
                     ParameterRole::bias,
                     inputs,
                     10,
                     {Distribution::Kind::uniform, 1 / std::sqrt(static_cast<double>(inputs))}};
  };
  const WeightBank one(7, Initialisation::standard, at::kCPU),
      other(7, Initialisation::standard, at::kCPU);
  const at::Tensor wide = one.get(bias_of(64)), narrow = one.get(bias_of(16));
  CHECK(other.get(bias_of(16)).equal(narrow));
  CHECK(narrow.equal(2 * wide));
}

TEST_CASE("each initialisation has its distribution", "[nn][weights]") {
  PlanBuilder builder;
  builder.convolution(builder.input({64, 8, 8}), 128, PlanBuilder::Window::same(3), "conv");
  const Parameter large = std::move(builder).take().layers.back().parameters.front();
  const auto draw = [&](Initialisation kind) { return WeightBank(3, kind, at::kCPU).get(large); };
  const double bound = 1 / std::sqrt(576.0);
  const at::Tensor uniform = draw(Initialisation::standard);
  CHECK(uniform.abs().max().item<double>() <= bound);
  CHECK(uniform.std().item<double>() == Approx(bound / std::sqrt(3.0)).epsilon(0.02));
  CHECK(draw(Initialisation::xavier).std().item<double>() ==
        Approx(std::sqrt(2.0 / 1728)).epsilon(0.02));
  CHECK(draw(Initialisation::kaiming).std().item<double>() ==
        Approx(std::sqrt(2.0 / 576)).epsilon(0.02));
  CHECK(draw(Initialisation::normal).std().item<double>() == Approx(1.0).epsilon(0.02));
  CHECK(std::abs(draw(Initialisation::kaiming).mean().item<double>()) < 0.002);
}

TEST_CASE("other initialisations leave batch norm and biases alone", "[nn][weights]") {
  const WeightBank bank(3, Initialisation::normal, at::kCPU);
  PlanBuilder builder;
  const int norm = builder.batch_norm(builder.input({64, 1, 1}), "norm");
  builder.linear(norm, 1000, "classifier");
  const std::vector<Layer> layers = std::move(builder).take().layers;
  CHECK(bank.get(layers[1].parameters[0]).equal(at::ones({64})));
  CHECK(bank.get(layers[1].parameters[1]).equal(at::zeros({64})));
  CHECK(bank.get(layers[2].parameters[1]).abs().max().item<double>() <= 1.0 / 8);
}

TEST_CASE("a state dict gives its tensors by name", "[nn][state_dict]") {
  const NetworkPlan plan = small_plan();
  auto tensors = state_of(plan);
  CHECK(tensors.size() == 75);  // the worked list of the specification
  tensors["stem.0.weight"].fill_(0.5);
  const StateDict state("net.pt", tensors, plan, at::kCPU);
  const Parameter stem{"stem.0.weight", {4, 3, 3, 3}, ParameterRole::weight, 27, 36};
  CHECK(state.get(stem).equal(at::full({4, 3, 3, 3}, 0.5)));
}

TEST_CASE("a state dict of another network is rejected with the names of the tensors",
          "[nn][state_dict]") {
  const NetworkPlan plan = small_plan();
  auto tensors = state_of(plan);
  tensors.erase("classifier.bias");
  tensors["cells.0.layers.1.op.1.weight"] = at::zeros({4, 4, 3, 3});
  tensors["stem.0.weight"] = at::zeros({8, 3, 3, 3});
  tensors["stem.1.weight"] = at::zeros({4}, at::kDouble);
  CHECK(rejection(tensors, plan) ==
        "'net.pt' does not hold the weights of this architecture at these sizes; missing: "
        "classifier.bias; "
        "unknown: cells.0.layers.1.op.1.weight; mismatched: stem.0.weight (Float [8,3,3,3], "
        "expected Float [4,3,3,3]), "
        "stem.1.weight (Double [4], expected Float [4])");
  CHECK(rejection({}, plan).find("and 53 more") != std::string::npos);
}

TEST_CASE("what wraps all names of a state dict is left out", "[nn][state_dict]") {
  const NetworkPlan plan = small_plan();
  const auto plain = state_of(plan);
  const std::string prefix = GENERATE("module.", "model.", "state_dict.module.", "_orig_mod.");
  std::map<std::string, at::Tensor> wrapped;
  for (const auto& [name, tensor] : plain) wrapped[prefix + name] = tensor;
  const StateDict state("net.pt", wrapped, plan, at::kCPU);
  REQUIRE(state.tensors().size() == plain.size());
  for (const auto& [name, tensor] : plain) CHECK(state.tensors().at(name).equal(tensor));

  wrapped["another"] = at::ones({1});  // not all
  CHECK_THAT(rejection(wrapped, plan),
             ContainsSubstring("; unknown: ") && ContainsSubstring(prefix + "cells.0"));
}

TEST_CASE("a state dict may lack the counters of minibatches", "[nn][state_dict]") {
  const NetworkPlan plan = small_plan();
  auto tensors = state_of(plan);
  std::erase_if(tensors,
                [](const auto& entry) { return entry.first.ends_with(".num_batches_tracked"); });
  const StateDict state("net.pt", tensors, plan, at::kCPU);
  CHECK(state.tensors().size() == 75);
  CHECK(state.tensors().at("lastact.0.num_batches_tracked").equal(at::zeros({}, at::kLong)));
}

TEST_CASE("weights that are not finite are refused by name", "[nn][state_dict]") {
  const NetworkPlan plan = small_plan();
  auto tensors = state_of(plan);
  const float broken =
      GENERATE(std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity());
  for (const char* name : {"stem.0.weight", "lastact.0.running_var"}) {
    tensors[name] = tensors[name].clone();
    tensors[name].view(-1)[0] = broken;
  }
  CHECK_THAT(rejection(tensors, plan),
             StartsWith("'net.pt': found NaN or infinity in lastact.0.running_var, stem.0.weight, "
                        "expected finite numbers"));
}
