// Search spaces of chains that users define: kind "chain".
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <utility>

#include "chain_space.h"
#include "space/definition/space_kind.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;
using Kind = ChainBlock::Kind;

constexpr int most_channels = 4096;
constexpr int most_stride = 8;
constexpr int most_kernel = 15;
constexpr std::size_t most_stages = 64;
constexpr std::size_t most_choices = 64;
constexpr int most_positions = 1000;  // and blocks of a network

constexpr int most_factor = 8;   // of a block's channels and stride
constexpr int most_layers = 64;  // of a block
constexpr std::size_t most_stem_layers = 16;

constexpr std::array<std::pair<const char*, Kind>, 6> kinds = {
    {{"identity", Kind::identity},
     {"conv", Kind::conv},
     {"residual", Kind::residual},
     {"bottleneck", Kind::bottleneck},
     {"inverted_residual", Kind::inverted_residual},
     {"none", Kind::none}}};

const std::vector<std::string> activations{"relu", "swish"};
const std::vector<std::string> orders{"activation_last", "activation_first"};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.first);
  return names;
}

Kind kind_named(const std::string& name) {
  return std::ranges::find(kinds, name, [](const auto& kind) { return std::string(kind.first); })
      ->second;
}

ordered_json read_stem_layer(DefinitionSection& section) {
  const ChainDefinition::Stem defaults;
  ordered_json layer = {
      {"channels", section.integer("channels", 1, most_channels, defaults.channels)},
      {"kernel", section.odd("kernel", most_kernel, defaults.kernel)},
      {"stride", section.integer("stride", 1, most_stride, defaults.stride)}};
  section.finish();
  return layer;
}

/// A layer, or a list of them.
ordered_json read_stem(DefinitionSection& section) {
  const YamlNode* node = section.find("stem");
  const std::string path = section.path() + ".stem";
  if (node == nullptr || node->kind != YamlNode::Kind::sequence) {
    YamlNode empty;
    empty.kind = YamlNode::Kind::map;
    DefinitionSection layer(path, node == nullptr ? empty : *node, section.problems());
    return read_stem_layer(layer);
  }
  ordered_json stem = ordered_json::array();
  const auto items = section.list("stem", 1, most_stem_layers, /*required=*/true, "layers");
  for (std::size_t k = 0; k < items.size(); ++k) {
    DefinitionSection layer(fmt::format("{}[{}]", path, k), *items[k], section.problems());
    stem.push_back(read_stem_layer(layer));
  }
  return stem;
}

/// Writes a key that later versions added, unless it has its default value: without the key, a
/// definition stays as it was.
void read_factor(DefinitionSection& section, const std::string& key, int most,
                 ordered_json& choice) {
  const std::int64_t value = section.integer(key, 1, most, 1);
  if (value != 1) choice[key] = value;
}

void read_squeeze_excitation(DefinitionSection& section, ordered_json& choice) {
  choice["se"] = nullptr;
  if (section.find("se") != nullptr) choice["se"] = section.number("se", 0, false, 1, 1);
  const YamlNode* input_se = section.find("input_se");
  if (input_se == nullptr) return;
  choice["input_se"] = section.number("input_se", 0, false, 1, 1);
  if (!choice["se"].is_null())
    section.report("input_se", *input_se, "expected one of 'se' and 'input_se', got both");
}

/// Only the keys that the kind of block has are known.
ordered_json read_choice(DefinitionSection& section) {
  const ChainBlock defaults;
  ordered_json choice = {
      {"name", section.name("name")},
      {"block", section.choice("block", kind_names(), "kind of block", "kinds of blocks")}};
  if (choice["block"] == "") return choice;
  const Kind kind = kind_named(choice["block"].get<std::string>());
  const bool has_kernel = kind != Kind::identity && kind != Kind::none;
  if (has_kernel) choice["kernel"] = section.odd("kernel", most_kernel, defaults.kernel);
  if (kind == Kind::bottleneck)
    choice["reduction"] = section.integer("reduction", 1, most_channels, defaults.reduction);
  if (kind == Kind::inverted_residual) {
    choice["expansion"] = section.number("expansion", 1, true, 64, defaults.expansion);
    read_squeeze_excitation(section, choice);
  }
  if (has_kernel) read_factor(section, "layers", most_layers, choice);
  if (kind != Kind::none) {
    read_factor(section, "widen", most_factor, choice);
    read_factor(section, "stride", most_stride, choice);
  }
  section.finish();
  return choice;
}

/// Null: the key is missing.
ordered_json read_choices(DefinitionSection& section) {
  const auto items = section.list("choices", 1, most_choices, /*required=*/false, "blocks");
  ordered_json choices;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < items.size(); ++k) {
    DefinitionSection item(fmt::format("{}.choices[{}]", section.path(), k), *items[k],
                           section.problems());
    choices.push_back(read_choice(item));
    const auto name = choices.back()["name"].get<std::string>();
    if (!name.empty() && std::ranges::find(names, name) != names.end())
      item.report("the name " + in_quotes(name) + " is listed twice");
    names.push_back(name);
  }
  return choices;
}

ordered_json read_stage(DefinitionSection& section) {
  const ChainStage defaults;
  ordered_json stage = {{"layers", section.integer("layers", 1, 300, std::nullopt)}};
  if (section.find("channels") != nullptr)
    stage["channels"] = section.integer("channels", 1, most_channels, std::nullopt);
  stage["stride"] = section.integer("stride", 1, most_stride, defaults.stride);
  if (section.find("choices") != nullptr) stage["choices"] = read_choices(section);
  section.finish();
  return stage;
}

/// Checks that the blocks of a stage can have its channels, if the stage states their number.
void check_stage(const DefinitionSection& section, const ordered_json& stage,
                 const ordered_json& choices) {
  if (!stage.contains("channels")) return;
  for (const ordered_json& choice : choices) {
    const int channels = stage.at("channels").get<int>() * choice.value("widen", 1);
    const int reduction = choice.value("reduction", 1);
    if (channels % reduction != 0)
      section.report(fmt::format("expected channels that the reduction {} of {} divides, got {}",
                                 reduction, in_quotes(choice.at("name").get<std::string>()),
                                 channels));
  }
}

std::int64_t most_layers_of(const ordered_json& choices) {
  std::int64_t most = 1;
  for (const ordered_json& choice : choices) most = std::max(most, choice.value("layers", most));
  return most;
}

void read_stages(DefinitionSection& section, ordered_json& definition) {
  const ordered_json common = read_choices(section);
  if (!common.is_null()) definition["choices"] = common;
  definition["stages"] = ordered_json::array();
  const std::size_t problems_before = section.problems().count();
  std::int64_t layers = 0;
  bool has_alternatives = false, uses_common = false;
  const auto items = section.list("stages", 1, most_stages, /*required=*/true, "stages");
  for (std::size_t k = 0; k < items.size(); ++k) {
    DefinitionSection item(fmt::format("{}.stages[{}]", section.path(), k), *items[k],
                           section.problems());
    const ordered_json stage = read_stage(item);
    const bool has_own = stage.contains("choices");
    const ordered_json& choices = has_own ? stage.at("choices") : common;
    if (!has_own && section.find("choices") == nullptr)
      item.report("the key 'choices' is missing, here and for all stages");
    check_stage(item, stage, choices);
    layers += stage.at("layers").get<std::int64_t>() * most_layers_of(choices);
    has_alternatives = has_alternatives || choices.size() > 1;
    uses_common = uses_common || !has_own;
    definition["stages"].push_back(stage);
  }
  if (items.empty() || section.problems().count() > problems_before) return;
  if (layers > most_positions)
    section.report(
        fmt::format("expected at most {} layers in all stages, got {}", most_positions, layers));
  if (!has_alternatives)
    section.report("expected a stage with two choices or more: this space has one architecture");
  if (!uses_common && !common.is_null())
    section.report(
        "the key 'choices' has no effect, because every stage has its own; leave it out");
}

ordered_json read_range(DefinitionSection& limits, const std::string& key) {
  const YamlNode* node = limits.find(key);
  if (node == nullptr) return nullptr;
  DefinitionSection range(limits.path() + "." + key, *node, limits.problems());
  constexpr std::int64_t largest = 1'000'000;
  ordered_json read;
  read["least"] = range.integer("least", 1, largest, 1);
  if (range.find("most") != nullptr)
    read["most"] = range.integer("most", read["least"].get<std::int64_t>(), largest, largest);
  range.finish();
  return read;
}

void read_limits(DefinitionSection& section, ordered_json& definition) {
  const YamlNode* node = section.find("limits");
  if (node == nullptr) return;
  DefinitionSection limits(section.path() + ".limits", *node, section.problems());
  for (const char* key : {"widen", "stride"}) {
    ordered_json range = read_range(limits, key);
    if (!range.is_null()) definition["limits"][key] = std::move(range);
  }
  limits.finish();
}

/// Blocks that are linear between their convolutions have no activation to put first.
void check_order(const DefinitionSection& section, const ordered_json& choices) {
  for (const ordered_json& choice : choices) {
    if (choice.at("block").get<std::string>() == "inverted_residual")
      section.report(fmt::format(
          "the order activation_first is for conv, residual and bottleneck, but {} is an "
          "inverted_residual; leave 'order' out",
          in_quotes(choice.at("name").get<std::string>())));
  }
}

void read_activation(DefinitionSection& section, ordered_json& definition) {
  const auto read = [&](const std::string& key, const std::vector<std::string>& known,
                        const std::string& plural) {
    if (section.find(key) == nullptr) return;
    const std::string value = section.choice(key, known, key, plural);
    if (value != known.front()) definition[key] = value;
  };
  read("activation", activations, "activations");
  read("order", orders, "orders");
  if (!definition.contains("order")) return;
  if (definition.contains("choices")) check_order(section, definition["choices"]);
  for (const ordered_json& stage : definition["stages"]) {
    if (stage.contains("choices")) check_order(section, stage["choices"]);
  }
}

void read(DefinitionSection& section, ordered_json& definition) {
  definition["stem"] = read_stem(section);
  read_stages(section, definition);
  definition["head"] = nullptr;
  if (const YamlNode* node = section.find("head")) {
    DefinitionSection head(section.path() + ".head", *node, section.problems());
    definition["head"] = {{"channels", head.integer("channels", 1, most_channels, std::nullopt)}};
    head.finish();
  }
  definition["batch_norm_epsilon"] =
      section.number("batch_norm_epsilon", 0, false, 1, ChainDefinition().batch_norm_epsilon);
  read_activation(section, definition);
  read_limits(section, definition);
}

std::vector<ChainBlock> blocks_of(const ordered_json& choices) {
  std::vector<ChainBlock> blocks;
  for (const ordered_json& choice : choices) {
    ChainBlock block;
    block.name = choice.at("name").get<std::string>();
    block.kind = kind_named(choice.at("block").get<std::string>());
    block.kernel = choice.value("kernel", block.kernel);
    block.expansion = choice.value("expansion", block.expansion);
    block.reduction = choice.value("reduction", block.reduction);
    if (choice.contains("se") && !choice.at("se").is_null())
      block.squeeze_excitation = choice.at("se").get<double>();
    block.input_squeeze_excitation = choice.value("input_se", 0.0);
    block.layers = choice.value("layers", block.layers);
    block.widen = choice.value("widen", block.widen);
    block.stride = choice.value("stride", block.stride);
    blocks.push_back(block);
  }
  return blocks;
}

ChainDefinition::Stem stem_layer(const ordered_json& layer) {
  return {.channels = layer.at("channels").get<int>(),
          .kernel = layer.at("kernel").get<int>(),
          .stride = layer.at("stride").get<int>()};
}

ChainDefinition::Range range_of(const ordered_json& definition, const char* key) {
  ChainDefinition::Range range;
  if (!definition.contains("limits") || !definition.at("limits").contains(key)) return range;
  const ordered_json& given = definition.at("limits").at(key);
  range.least = given.at("least").get<std::int64_t>();
  if (given.contains("most")) range.most = given.at("most").get<std::int64_t>();
  return range;
}

std::unique_ptr<SearchSpace> make(const ordered_json& definition, const NetworkInput& input) {
  ChainDefinition chain;
  chain.name = definition.at("name").get<std::string>();
  chain.batch_norm_epsilon = definition.at("batch_norm_epsilon").get<double>();
  const ordered_json& stem = definition.at("stem");
  chain.stem = stem_layer(stem.is_array() ? stem.front() : stem);
  for (std::size_t k = 1; stem.is_array() && k < stem.size(); ++k)
    chain.further_stem.push_back(stem_layer(stem[k]));
  if (definition.contains("activation")) chain.activation = ChainDefinition::Activation::swish;
  if (definition.contains("order")) chain.order = ChainDefinition::Order::activation_first;
  chain.widen = range_of(definition, "widen");
  chain.stride = range_of(definition, "stride");
  for (const ordered_json& stage : definition.at("stages")) {
    const bool has_own = stage.contains("choices");
    chain.stages.push_back(
        {.layers = stage.at("layers").get<int>(),
         .channels = stage.value("channels", 0),
         .stride = stage.at("stride").get<int>(),
         .choices = blocks_of(has_own ? stage.at("choices") : definition.at("choices"))});
  }
  if (const ordered_json& head = definition.at("head"); !head.is_null())
    chain.head_channels = head.at("channels").get<int>();
  return std::make_unique<ChainSpace>(std::move(chain), input);
}

}  // namespace

SpaceKind chain_kind() { return {.read = read, .make = make}; }

}  // namespace wrcor
