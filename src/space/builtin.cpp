#include "wrcor/space/builtin.h"

#include <algorithm>

#include "mbv2/mbv2.h"
#include "nats_sss/nats_sss.h"
#include "nb101/nas_bench_101.h"
#include "nb201/family.h"
#include "space/definition.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// "; it has channels, cells"
std::string options_hint(const SpaceFamily& family) {
  std::vector<std::string> names;
  for (const SpaceOption& option : family.options) names.push_back(option.name);
  return "; it has " + (names.empty() ? "none" : join(names));
}

/// The name of another space that has the architecture of this text; empty if no space has it.
std::string other_space_of(std::string_view text, const std::string& excluded) {
  constexpr std::size_t longest = 10'000;
  if (text.size() > longest) return "";
  for (const std::string& name : spaces().names()) {
    if (name == excluded) continue;
    try {
      (void)make_naming_space({name, {}})->parse(text);
      return name;
    } catch (const UsageError&) {
      continue;  // not an architecture of this space
    }
  }
  return "";
}

}  // namespace

Genotype parse_architecture(const SearchSpace& space, std::string_view text) {
  try {
    return space.parse(text);
  } catch (const UsageError& error) {
    const std::string other = other_space_of(text, space.name());
    if (other.empty()) throw;
    throw UsageError(std::string(error.what()) + "; it is an architecture of the space " +
                     in_quotes(other) + " (--space " + other + ")");
  }
}

const Registry<SpaceFamily>& spaces() {
  static const Registry<SpaceFamily> registry = [] {
    Registry<SpaceFamily> all("space", "spaces");
    all.add("nb201", "NAS-Bench-201 topology: 15,625 cells of 4 nodes and 5 operations",
            nb201_family());
    all.add("nats_sss", "NATS-Bench sizes: 32,768 choices of five widths for one cell",
            nats_sss_family());
    all.add("nb101", "NAS-Bench-101: 423,624 cells of up to 7 vertices and 9 edges",
            nb101_family());
    all.add("mbv2",
            "MobileNetV2-like networks for ImageNet of WRCor: 39 decisions, 3.5e29 networks",
            mbv2_family());
    return all;
  }();
  return registry;
}

const SpaceOption* SpaceFamily::find_option(const std::string& name) const {
  for (const SpaceOption& option : options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::optional<std::int64_t> SpaceChoice::option(const std::string& option_name) const {
  const auto& all = spaces().entries();
  const auto space =
      std::ranges::find_if(all, [&](const auto& entry) { return entry.name == name; });
  if (!definition.is_null() || space == all.end()) return std::nullopt;
  const SpaceOption* option = space->value.find_option(option_name);
  if (option == nullptr) return std::nullopt;
  const auto given = options.find(option_name);
  return given == options.end() ? option->fallback : given->second;
}

const SpaceOption& require_option(const SpaceChoice& space, const std::string& name,
                                  std::int64_t value) {
  const std::string quoted_space = "the space " + in_quotes(space.name);
  if (!space.definition.is_null())
    throw UsageError(quoted_space + " has no option " + in_quotes(name) +
                     ": its sizes are in its definition; change them there");
  const SpaceFamily& family = spaces().find(space.name).value;
  const SpaceOption* option = family.find_option(name);
  if (option == nullptr)
    throw UsageError(quoted_space + " has no option " + in_quotes(name) + options_hint(family));
  if (value < option->least || value > option->most)
    throw UsageError(quoted_space + " takes " + name + " from " + std::to_string(option->least) +
                     " to " + std::to_string(option->most) + ", got " + std::to_string(value));
  return *option;
}

std::unique_ptr<SearchSpace> make_naming_space(const SpaceChoice& choice) {
  if (!choice.definition.is_null()) return make_defined_naming_space(choice.definition);
  return make_space({choice.name, {}}, {{3, 32, 32}, 10});
}

std::unique_ptr<SearchSpace> make_space(const SpaceChoice& choice, const NetworkInput& input) {
  for (const auto& [name, value] : choice.options) (void)require_option(choice, name, value);
  if (!choice.definition.is_null()) return make_defined_space(choice.definition, input);
  const SpaceFamily& family = spaces().find(choice.name).value;
  SpaceOptions values = choice.options;
  for (const SpaceOption& option : family.options) values.emplace(option.name, option.fallback);
  return family.make(values, input);
}

}  // namespace wrcor
