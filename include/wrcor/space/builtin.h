#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wrcor/core/registry.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// A size of a space's networks that a user may choose.
struct SpaceOption {
  std::string name;     ///< "channels"
  std::string summary;  ///< one line
  std::int64_t least = 1;
  std::int64_t most = 1;
  std::int64_t fallback = 1;  ///< where the user chooses none
};

/// The value of every option of a space, by name.
using SpaceOptions = std::map<std::string, std::int64_t>;

/// What makes a search space: its options, and the space for given values of all of them.
struct SpaceFamily {
  std::vector<SpaceOption> options;
  /// @throws UsageError for sizes, images and classes that the space cannot have
  std::function<std::unique_ptr<SearchSpace>(const SpaceOptions&, const NetworkInput&)> make;

  const SpaceOption* find_option(const std::string& name) const;
};

/// The search spaces by name.
const Registry<SpaceFamily>& spaces();

/// A space as a user chooses it.
struct SpaceChoice {
  std::string name = "nb201";
  SpaceOptions options{};  ///< those given; the others have their fallbacks
  /// Of a space that its user defines, see definition.h: as read_space_definition() gives it. Null:
  /// the name is one of spaces().
  nlohmann::ordered_json definition = nullptr;

  /// The value of an option, given or not; nothing: the space has no such option.
  std::optional<std::int64_t> option(const std::string& option_name) const;
};

/// The option of a space for which a value was given.
/// @throws UsageError when the space has no such option, or not with this value
const SpaceOption& require_option(const SpaceChoice& space, const std::string& name,
                                  std::int64_t value);

/// @throws UsageError for a space or an option that does not exist, for an option of a space with a
///         definition, and as SpaceFamily::make and make_defined_space() do
std::unique_ptr<SearchSpace> make_space(const SpaceChoice& choice, const NetworkInput& input);

/// space.parse(text); where that fails and another space has the architecture, the error says so.
/// @throws UsageError
Genotype parse_architecture(const SearchSpace& space, std::string_view text);

/// A space for the texts and numbers of architectures, whatever the data.
std::unique_ptr<SearchSpace> make_naming_space(const SpaceChoice& choice);

}  // namespace wrcor
