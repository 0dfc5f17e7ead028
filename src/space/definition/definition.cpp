#include "space/definition.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "space/space_section.h"
#include "space_kind.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

using nlohmann::ordered_json;

/// The image and the classes that a definition is for; null where it leaves them to the data.
void read_input(DefinitionSection& section, ordered_json& definition) {
  definition["input"] = nullptr;
  if (const YamlNode* node = section.find("input")) {
    DefinitionSection input(section.path() + ".input", *node, section.problems());
    constexpr std::int64_t longest_side = 65536;
    definition["input"] = {{"channels", input.integer("channels", 1, 4096, std::nullopt)},
                           {"height", input.integer("height", 1, longest_side, std::nullopt)},
                           {"width", input.integer("width", 1, longest_side, std::nullopt)}};
    input.finish();
  }
  definition["classes"] = nullptr;
  if (section.find("classes") != nullptr)
    definition["classes"] = section.integer("classes", 1, 1'000'000, std::nullopt);
}

std::string read_name(DefinitionSection& section) {
  std::string name = section.name("name");
  const std::vector<std::string> taken = spaces().names();
  if (std::ranges::find(taken, name) != taken.end())
    section.report("name", *section.find("name"),
                   "expected a name that no space has, got " + in_quotes(name));
  return name;
}

FeatureShape image_of(const ordered_json& input) {
  return {input.at("channels").get<int>(), input.at("height").get<int>(),
          input.at("width").get<int>()};
}

std::string shown(const FeatureShape& image) {
  return fmt::format("{}x{}x{}", image.channels, image.height, image.width);
}

void require_input(const ordered_json& definition, const NetworkInput& input) {
  const auto refuse = [&](const char* key, const std::string& wanted, const std::string& given) {
    throw UsageError(fmt::format(
        "the space {} is for {}, the data have {}; leave '{}' out of its definition to take those "
        "of the data",
        in_quotes(definition.at("name").get<std::string>()), wanted, given, key));
  };
  if (const auto& image = definition.at("input");
      !image.is_null() && image_of(image) != input.image)
    refuse("input", "images of " + shown(image_of(image)), shown(input.image));
  if (const auto& classes = definition.at("classes");
      !classes.is_null() && classes.get<int>() != input.classes)
    refuse("classes", fmt::format("{} classes", classes.get<int>()), std::to_string(input.classes));
}

const SpaceKind& kind_of(const ordered_json& definition) {
  return space_kinds().find(definition.at("kind").get<std::string>()).value;
}

ordered_json read_section(const YamlNode& node, DefinitionProblems& problems) {
  DefinitionSection section("space", node, problems);
  ordered_json definition;
  if (node.kind != YamlNode::Kind::map) return definition;
  const std::string kind = section.choice("kind", space_kinds().names(), "kind", "kinds");
  definition = {{"kind", kind}, {"name", read_name(section)}};
  read_input(section, definition);
  if (kind.empty()) return definition;  // its other keys are not known
  kind_of(definition).read(section, definition);
  section.finish();
  return definition;
}

const std::string wanted_section = "'space:' with the definition of a space";

ordered_json read_document(const YamlNode& root, DefinitionProblems& problems) {
  if (root.kind != YamlNode::Kind::map) {
    problems.add(root, "expected " + wanted_section + ", got " + shown_value(root));
    return {};
  }
  const YamlNode* section = nullptr;
  for (std::size_t k = 0; k + 1 < root.items.size(); k += 2) {
    const YamlNode& key = *root.items[k];
    const bool is_section = key.kind == YamlNode::Kind::scalar && key.text == "space";
    if (is_section && section == nullptr) {
      section = root.items[k + 1].get();
    } else {
      problems.add(key, "expected nothing but 'space:', got the key " + shown_value(key) +
                            "; give a file with other settings by --config");
    }
  }
  if (section != nullptr) return read_section(*section, problems);
  problems.add(root, "the section 'space:' is missing");
  return {};
}

}  // namespace

const Registry<SpaceKind>& space_kinds() {
  static const Registry<SpaceKind> registry = [] {
    Registry<SpaceKind> all("kind", "kinds");
    all.add("cell", "cells of nodes and operations, stacked in stages", cell_kind());
    all.add("chain", "chains of blocks", chain_kind());
    return all;
  }();
  return registry;
}

ordered_json read_space_section(const YamlNode& node, const std::string& file,
                                std::vector<std::string>& problems) {
  DefinitionProblems found(file);
  ordered_json definition = read_section(node, found);
  const std::vector<std::string> lines = found.lines();
  problems.insert(problems.end(), lines.begin(), lines.end());
  return definition;
}

bool names_definition_file(std::string_view text) {
  return text.ends_with(".yaml") || text.ends_with(".yml") || text.ends_with(".json");
}

ordered_json read_space_definition(const std::string& text, const std::string& file,
                                   std::vector<std::string>& problems) {
  if (const std::string problem = yaml_text_problem(text); !problem.empty()) {
    problems.push_back(file + ": " + problem);
    return {};
  }
  DefinitionProblems found(file);
  ordered_json definition;
  try {
    const auto root = read_yaml(text);
    if (root) {
      definition = read_document(*root, found);
    } else {
      problems.push_back(file + ": expected " + wanted_section + ", found nothing");
    }
  } catch (const YamlError& failure) {
    const std::string place =
        failure.line > 0 ? fmt::format(":{}:{}", failure.line, failure.column) : "";
    problems.push_back(file + place + ": " + failure.what());
  }
  const std::vector<std::string> lines = found.lines();
  problems.insert(problems.end(), lines.begin(), lines.end());
  return definition;
}

std::unique_ptr<SearchSpace> make_defined_space(const ordered_json& definition,
                                                const NetworkInput& input) {
  require_input(definition, input);
  return kind_of(definition).make(definition, input);
}

/// Texts and numbers are the same for all images that the networks take.
std::unique_ptr<SearchSpace> make_defined_naming_space(const ordered_json& definition) {
  const auto& image = definition.at("input");
  const auto& classes = definition.at("classes");
  NetworkInput input{{3, 32, 32}, classes.is_null() ? 10 : classes.get<int>()};
  if (!image.is_null()) return make_defined_space(definition, {image_of(image), input.classes});
  constexpr int largest = 4096;
  while (true) {
    try {
      return make_defined_space(definition, input);
    } catch (const UsageError&) {
      if (input.image.height == largest) throw;
      input.image.height = input.image.width = 2 * input.image.height;
    }
  }
}

}  // namespace wrcor
