#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "mbv2_networks.h"
#include "support/catch.h"
#include "support/shared.h"

namespace wrcor {
namespace {

using namespace test;

struct PublishedCosts {
  std::int64_t params, flops;
  double flops_limit, size_published;
};

void check_costs(const SearchSpace& space, const std::string& text,
                 const PublishedCosts& expected) {
  const Genotype genotype = space.parse(text);
  CHECK(space.costs(genotype).params == expected.params);
  CHECK(space.costs(genotype).flops == expected.flops);
  const std::vector<NamedCost> further = space.further_costs(genotype);
  REQUIRE(further.size() == 2);
  CHECK(further[0].name == "flops_limit");
  CHECK(further[0].value == expected.flops_limit);
  CHECK(further[1].name == "size_published");
  CHECK(further[1].value == expected.size_published);
  const NetworkPlan plan = space.plan(genotype);
  CHECK(plan.params() == expected.params);
  CHECK(plan.flops() == expected.flops);
}

int depth(const SearchSpace& space, const std::string& text) {
  for (const Fact& fact : space.portrait(space.parse(text)).facts) {
    if (fact.key == "depth") return fact.value;
  }
  return 0;
}

const Layer& mbv2_layer(const NetworkPlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.layers.begin(), plan.layers.end(),
                                  [&](const Layer& layer) { return layer.name == name; });
  if (found == plan.layers.end()) FAIL("no layer " << name);
  return *found;
}

const Layer& layer_at(const NetworkPlan& plan, int position) {
  return plan.layers.at(static_cast<std::size_t>(position));
}

/// Responses of a side in every unit.
std::vector<int> responses(const NetworkPlan& plan, Counting counting, Side side) {
  std::vector<int> counts(plan.blocks.size());
  for (const Tap& tap : plan.responses(counting)) {
    if (tap.side == side) counts.at(static_cast<std::size_t>(tap.unit)) += tap.multiplicity;
  }
  return counts;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A text of up to 255 bytes as a pickle has it.
std::string pickled(const std::string& text) {
  return std::string("X") + static_cast<char>(text.size()) + std::string(3, '\0') + text;
}

/// Compares with the case of a golden file: its costs, the names of its tensors, its sites.
void check_golden(const nlohmann::json& golden, const std::filesystem::path& folder) {
  INFO(golden.at("name"));
  const bool squeeze = golden.at("se");
  const auto space = make_mbv2({{"se", squeeze ? 1 : 0}}, {{3, 64, 64}, golden.at("num_classes")});
  const std::string text = golden.at("arch");
  check_costs(*space, text,
              {golden.at("params"), golden.at("flops"), golden.at("flops_limit"),
               golden.at("size_published")});
  CHECK(space->format(space->parse(text)) == text);

  const NetworkPlan plan = space->plan(space->parse(text));
  std::int64_t activations = 0, gradients = 0;
  for (const Tap& tap : plan.responses(Counting::reference))
    (tap.side == Side::activation ? activations : gradients) += tap.multiplicity;
  CHECK(activations == golden.at("sites").at("activations"));
  CHECK(gradients == golden.at("sites").at("gradients"));

  // The keys of the dictionary stand in the file as they are.
  const std::string weights = content(folder / golden.at("weights"));
  std::size_t tensors = 0;
  const auto check_name = [&](const std::string& name) {
    INFO(name);
    CHECK(weights.find(pickled(name)) != std::string::npos);
    ++tensors;
  };
  for (const Layer& layer : plan.layers) {
    for (const Parameter& parameter : layer.parameters) check_name(parameter.name);
    for (const Buffer& buffer : layer.buffers) check_name(buffer.name);
  }
  std::size_t keys = 0;
  for (const char* word : {"module_list.", "fc_linear."}) {
    const std::string start = std::string(3, '\0') + word;
    for (std::size_t at = weights.find(start); at != std::string::npos;
         at = weights.find(start, at + 1))
      ++keys;
  }
  CHECK(tensors == keys);
}

void check_golden_file(const std::filesystem::path& file) {
  const auto golden = nlohmann::json::parse(content(file));
  REQUIRE_FALSE(golden.at("cases").empty());
  for (const auto& each : golden.at("cases")) check_golden(each, file.parent_path());
}

}  // namespace

TEST_CASE("the published networks have their published costs", "[space][mbv2][plan]") {
  const auto space = make_mbv2();
  check_costs(*space, ea_600m, {10'807'432, 587'680'672, 591'710'478, 10'775'601});
  check_costs(*space, r_600m, {10'100'696, 459'553'088, 463'539'376, 10'072'865});
  check_costs(*space, rl_600m, {7'582'312, 262'517'184, 266'178'776, 7'557'825});
  check_costs(*make_mbv2({{"se", 0}}), ea_600m, {5'568'032, 582'472'992, 584'196'126, 5'536'201});
  check_costs(*make_mbv2({}, {{3, 32, 32}, 10}), tiny, {10'002, 645'888, 663'760, 9'585});
  CHECK(depth(*space, ea_600m) == 28);
  CHECK(depth(*space, r_600m) == 27);
  CHECK(depth(*space, rl_600m) == 26);
  CHECK(depth(*space, tiny) == 5);
}

TEST_CASE("a projection with stride 2 is limited at a quarter of its output", "[space][mbv2]") {
  // One block at 2x2: bottleneck 8, so that d is 8 and the output one pixel.
  const auto space = make_mbv2({{"se", 0}}, {{3, 2, 2}, 1});
  const Genotype genotype = space->parse("SuperResIDWE1K3(3,1,2,8,1)@2");
  const double main_path = 3 * 8 * 4 + 9 * 8 + 8, norms = 8 * 4 + 8 + 1, head = 1;
  CHECK(space->further_costs(genotype)[0].value == main_path + norms + (3 + 1) / 4.0 + head);
  const Genotype wider = space->parse("SuperResIDWE1K3(3,2,2,8,1)@2");
  CHECK(space->further_costs(wider)[0].value ==
        main_path + 8 + norms + 1 + (3 * 2 + 2) / 4.0 + 2 * head);
}

TEST_CASE("the golden networks have their costs, tensors and sites", "[space][mbv2][plan]") {
  WRCOR_REQUIRE_SHARED(small, "golden/mbv2_small/golden.json");
  WRCOR_REQUIRE_SHARED(full, "golden/mbv2_full/golden.json");
  check_golden_file(small);
  check_golden_file(full);
}

TEST_CASE("costs in closed form are the sums over the plan", "[space][mbv2][plan]") {
  Rng rng(7);
  for (const std::int64_t squeeze : {0, 1}) {
    const auto space = make_mbv2({{"se", squeeze}}, {{3, 30, 50}, 17});
    for (int k = 0; k < 100; ++k) {
      const Genotype genotype = space->sample(rng);
      const NetworkPlan plan = space->plan(genotype);
      REQUIRE(space->costs(genotype).params == plan.params());
      REQUIRE(space->costs(genotype).flops == plan.flops());
    }
  }
}

TEST_CASE("only the squeeze-excitations count as published, every ReLU as in the paper",
          "[space][mbv2][plan]") {
  const auto space = make_mbv2();
  const NetworkPlan plan = space->plan(space->parse(ea_600m));
  for (const Side side : {Side::activation, Side::gradient}) {
    CHECK(responses(plan, Counting::reference, side) ==
          std::vector<int>{0, 2, 3, 3, 4, 6, 6, 2, 0});
    CHECK(responses(plan, Counting::paper, side) ==
          std::vector<int>{1, 8, 12, 12, 16, 24, 24, 8, 1});
  }
  for (const Counting counting : {Counting::reference, Counting::paper}) {
    for (const Tap& tap : plan.responses(counting)) {
      const Layer& layer = layer_at(plan, tap.layer);
      if (tap.side == Side::gradient) {
        CHECK(layer.kind == LayerKind::relu);
      } else {
        CHECK((layer.kind == LayerKind::batch_norm || layer.kind == LayerKind::sum));
      }
      if (counting == Counting::reference) CHECK(layer.out.height == 1);
    }
  }
  const auto without = make_mbv2({{"se", 0}});
  const NetworkPlan bare = without->plan(without->parse(ea_600m));
  CHECK(bare.responses(Counting::reference).empty());
  CHECK(responses(bare, Counting::paper, Side::activation) ==
        std::vector<int>{1, 6, 9, 9, 12, 18, 18, 6, 1});
}

TEST_CASE("a network resizes images of another size than its own", "[space][mbv2][plan]") {
  const auto first_layers = [](int height, int width) {
    const auto space = make_mbv2({}, {{3, height, width}, 10});
    CHECK(space->input().image == FeatureShape{3, height, width});
    const NetworkPlan plan = space->plan(space->parse(tiny));
    return std::vector<LayerKind>{layer_at(plan, 0).kind, layer_at(plan, 1).kind};
  };
  using Kinds = std::vector<LayerKind>;
  CHECK((first_layers(32, 32) == Kinds{LayerKind::input, LayerKind::convolution}));
  CHECK((first_layers(64, 64) == Kinds{LayerKind::input, LayerKind::resize}));
  CHECK((first_layers(32, 48) == Kinds{LayerKind::input, LayerKind::resize}));
  CHECK((first_layers(1, 1) == Kinds{LayerKind::input, LayerKind::resize}));
  const auto space = make_mbv2();
  CHECK(layer_at(space->plan(space->parse(ea_600m)), 1).out == FeatureShape{3, 224, 224});
}

TEST_CASE("the layers of a mobile block are in the published order", "[space][mbv2][plan]") {
  const auto space = make_mbv2({}, {{3, 32, 32}, 10});
  const NetworkPlan plan = space->plan(space->parse(tiny));
  std::vector<std::string> layers;
  for (const Layer& layer : plan.layers) {
    if (layer.name.starts_with("module_list.1.module_list.0") ||
        layer.name == "module_list.1.module_list.1")
      layers.push_back(layer.name.substr(std::string("module_list.1.module_list.").size()));
  }
  CHECK(layers == std::vector<std::string>{"0.module_list.0.netblock",
                                           "0.module_list.1.netblock",
                                           "0.module_list.2",
                                           "0.module_list.3.netblock",
                                           "0.module_list.4.netblock",
                                           "0.module_list.5",
                                           "0.module_list.6.netblock.0",
                                           "0.module_list.6.netblock.1",
                                           "0.module_list.6.netblock.2",
                                           "0.module_list.6.netblock.3",
                                           "0.module_list.6.netblock.4",
                                           "0.module_list.6.netblock.5",
                                           "0.module_list.6.netblock.6",
                                           "0.module_list.6",
                                           "0.module_list.7.netblock",
                                           "0.module_list.8.netblock",
                                           "0.proj.0",
                                           "0.proj.1",
                                           "0",
                                           "1"});
  const std::string path = "module_list.1.module_list.0.";
  const Layer depthwise = mbv2_layer(plan, path + "module_list.3.netblock");
  CHECK(depthwise.groups == 32);
  CHECK(depthwise.stride == 2);
  CHECK(depthwise.padding == 1);
  const Layer projection = mbv2_layer(plan, path + "proj.0");
  CHECK(projection.stride == 2);
  CHECK(projection.out == FeatureShape{24, 8, 8});
  REQUIRE(projection.parameters.size() == 2);
  CHECK(projection.parameters[1].role == ParameterRole::bias);
  CHECK(projection.parameters[1].initial.size == 0.25);  // 1 / sqrt(16 inputs)
  CHECK(mbv2_layer(plan, path + "module_list.6.netblock.1").out == FeatureShape{8, 1, 1});
  // The second layer keeps size and width: its shortcut is the first layer's output.
  const Layer second = mbv2_layer(plan, "module_list.1.module_list.2");
  CHECK(layer_at(plan, second.inputs[1]).name == "module_list.1.module_list.1");
  for (const Layer& layer : plan.layers) {
    if (layer.kind == LayerKind::batch_norm) CHECK(layer.epsilon == 1e-3);
  }
}

TEST_CASE("blocks end with their last ReLU, and the last of them is what the classifier pools",
          "[space][mbv2][plan]") {
  const auto space = make_mbv2({}, {{3, 32, 32}, 10});
  const NetworkPlan plan = space->plan(space->parse(tiny));
  std::vector<std::string> names;
  for (const int block : plan.blocks) names.push_back(layer_at(plan, block).name);
  CHECK(names ==
        std::vector<std::string>{"module_list.0.module_list.2", "module_list.1.module_list.3",
                                 "module_list.2.module_list.1", "module_list.3.module_list.2"});
  CHECK(plan.features == plan.blocks.back());
  CHECK(layer_at(plan, plan.features).out == FeatureShape{64, 8, 8});
}

TEST_CASE("layers count once for each published module that gives their output",
          "[space][mbv2][plan]") {
  const auto space = make_mbv2({}, {{3, 32, 32}, 10});
  const NetworkPlan plan = space->plan(space->parse(tiny));
  const auto modules = [&](const std::string& name) { return mbv2_layer(plan, name).modules; };
  // A convolution or batch norm of the framework, and the module whose `netblock` it is.
  CHECK(modules("module_list.0.module_list.0.netblock") == 2);
  CHECK(modules("module_list.0.module_list.1.netblock") == 2);
  // The last ReLU of a block, and the block.
  CHECK(modules("module_list.0.module_list.2") == 2);
  CHECK(modules("module_list.1.module_list.1") == 1);
  CHECK(modules("module_list.1.module_list.3") == 2);
  const std::string path = "module_list.1.module_list.0.";
  CHECK(modules(path + "module_list.2") == 1);
  CHECK(modules(path + "module_list.6") == 1);  // the squeeze-excitation
  CHECK(modules(path + "proj.0") == 1);
  CHECK(modules(path + "proj.1") == 2);  // itself, and the sequence that it ends
  CHECK(modules("module_list.1.module_list.0") == 1);
  for (const Layer& layer : plan.layers) {
    if (layer.out.height == 1) CHECK(layer.modules == 0);
  }
}

TEST_CASE("odd bottlenecks are rounded to the even multiple of eight", "[space][mbv2][plan]") {
  const auto space = make_mbv2();
  const auto depthwise = [&](int bottleneck) {
    const std::string text = "SuperResIDWE1K3(3,8,1," + std::to_string(bottleneck) + ",1)@8";
    return mbv2_layer(space->plan(space->parse(text)),
                      "module_list.0.module_list.0.module_list.3.netblock")
        .out.channels;
  };
  const std::map<int, int> rounded{{1, 8},   {4, 8},   {11, 8},  {12, 16}, {13, 16},
                                   {20, 16}, {21, 24}, {27, 24}, {28, 32}, {36, 32}};
  for (const auto& [given, expected] : rounded) CHECK(depthwise(given) == expected);
}

}  // namespace wrcor
