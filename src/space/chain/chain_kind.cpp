// Search spaces of chains that users define: kind "chain".
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <utility>

#include "chain_space.h"
#include "space/definition/space_kind.h"
#include "wrcor/core/suggest.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;
using Kind = ChainBlock::Kind;

constexpr int most_channels = 4096;
constexpr int most_stride = 8;
constexpr int most_kernel = 15;
constexpr std::size_t most_stages = 64;
constexpr std::size_t most_choices = 64;
constexpr int most_positions = 1000;

constexpr std::array<std::pair<const char*, Kind>, 5> kinds = {
    {{"identity", Kind::identity},
     {"conv", Kind::conv},
     {"residual", Kind::residual},
     {"bottleneck", Kind::bottleneck},
     {"inverted_residual", Kind::inverted_residual}}};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.first);
  return names;
}

Kind kind_named(const std::string& name) {
  return std::ranges::find(kinds, name, [](const auto& kind) { return std::string(kind.first); })
      ->second;
}

ordered_json read_stem(DefinitionSection& section) {
  const ChainDefinition::Stem defaults;
  ordered_json stem = {
      {"channels", defaults.channels}, {"kernel", defaults.kernel}, {"stride", defaults.stride}};
  if (const YamlNode* node = section.find("stem")) {
    DefinitionSection given(section.path() + ".stem", *node, section.problems());
    stem["channels"] = given.integer("channels", 1, most_channels, defaults.channels);
    stem["kernel"] = given.odd("kernel", most_kernel, defaults.kernel);
    stem["stride"] = given.integer("stride", 1, most_stride, defaults.stride);
    given.finish();
  }
  return stem;
}

/// Only the keys that the kind of block has are known.
ordered_json read_choice(DefinitionSection& section) {
  const ChainBlock defaults;
  ordered_json choice = {
      {"name", section.name("name")},
      {"block", section.choice("block", kind_names(), "kind of block", "kinds of blocks")}};
  if (choice["block"] == "") return choice;
  const Kind kind = kind_named(choice["block"].get<std::string>());
  if (kind != Kind::identity)
    choice["kernel"] = section.odd("kernel", most_kernel, defaults.kernel);
  if (kind == Kind::bottleneck)
    choice["reduction"] = section.integer("reduction", 1, most_channels, defaults.reduction);
  if (kind == Kind::inverted_residual) {
    choice["expansion"] = section.number("expansion", 1, true, 64, defaults.expansion);
    choice["se"] = nullptr;
    if (section.find("se") != nullptr) choice["se"] = section.number("se", 0, false, 1, 1);
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
  ordered_json stage = {{"layers", section.integer("layers", 1, 300, std::nullopt)},
                        {"channels", section.integer("channels", 1, most_channels, std::nullopt)},
                        {"stride", section.integer("stride", 1, most_stride, defaults.stride)}};
  if (section.find("choices") != nullptr) stage["choices"] = read_choices(section);
  section.finish();
  return stage;
}

/// Checks that the blocks of a stage can have its channels.
void check_stage(const DefinitionSection& section, const ordered_json& stage,
                 const ordered_json& choices) {
  const auto channels = stage.at("channels").get<int>();
  for (const ordered_json& choice : choices) {
    const int reduction = choice.value("reduction", 1);
    if (channels % reduction != 0)
      section.report(fmt::format("expected channels that the reduction {} of {} divides, got {}",
                                 reduction, in_quotes(choice.at("name").get<std::string>()),
                                 channels));
  }
}

void read_stages(DefinitionSection& section, ordered_json& definition) {
  const ordered_json common = read_choices(section);
  if (!common.is_null()) definition["choices"] = common;
  definition["stages"] = ordered_json::array();
  const std::size_t problems_before = section.problems().count();
  std::int64_t positions = 0;
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
    positions += stage.at("layers").get<std::int64_t>();
    has_alternatives = has_alternatives || choices.size() > 1;
    uses_common = uses_common || !has_own;
    definition["stages"].push_back(stage);
  }
  if (items.empty() || section.problems().count() > problems_before) return;
  if (positions > most_positions)
    section.report(
        fmt::format("expected at most {} layers in all stages, got {}", most_positions, positions));
  if (!has_alternatives)
    section.report("expected a stage with two choices or more: this space has one architecture");
  if (!uses_common && !common.is_null())
    section.report(
        "the key 'choices' has no effect, because every stage has its own; leave it out");
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
    blocks.push_back(block);
  }
  return blocks;
}

std::unique_ptr<SearchSpace> make(const ordered_json& definition, const NetworkInput& input) {
  const ordered_json& stem = definition.at("stem");
  ChainDefinition chain{.name = definition.at("name").get<std::string>(),
                        .stem = {.channels = stem.at("channels").get<int>(),
                                 .kernel = stem.at("kernel").get<int>(),
                                 .stride = stem.at("stride").get<int>()},
                        .stages = {},
                        .batch_norm_epsilon = definition.at("batch_norm_epsilon").get<double>()};
  for (const ordered_json& stage : definition.at("stages")) {
    const bool has_own = stage.contains("choices");
    chain.stages.push_back(
        {.layers = stage.at("layers").get<int>(),
         .channels = stage.at("channels").get<int>(),
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
