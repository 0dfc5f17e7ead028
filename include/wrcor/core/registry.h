#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wrcor/core/error.h"

namespace wrcor {

/// The candidate with the smallest edit distance to `given`, or an empty string when none is close
/// enough (more than a third of its letters differ).
std::string nearest_name(std::string_view given, const std::vector<std::string>& candidates);

/// "unknown proxy 'wrcorr' (did you mean 'wrcor'?); known proxies: acor, gcor, ..."
/// @param singular, plural  what the names are called, e.g. "proxy", "proxies".
std::string unknown_name_message(std::string_view singular, std::string_view plural,
                                 std::string_view given, const std::vector<std::string>& known);

/// The text in the form quoted in messages: shortened, control characters escaped.
std::string in_quotes(std::string_view text);

/// "a, b, c"
std::string join(const std::vector<std::string>& items, std::string_view separator = ", ");

/// An ordered list of named values: factories, or the things themselves. Registration is explicit
/// (`builtin.cpp` of each folder): linkers drop self-registering objects from static libraries.
template <typename Value>
class Registry {
 public:
  struct Entry {
    std::string name;
    std::string summary;  ///< one line, shown by `wrcor list`
    Value value;
  };

  Registry(std::string singular, std::string plural)
      : singular_(std::move(singular)), plural_(std::move(plural)) {}

  void add(std::string name, std::string summary, Value value) {
    entries_.push_back({std::move(name), std::move(summary), std::move(value)});
  }

  const std::vector<Entry>& entries() const { return entries_; }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const Entry& entry : entries_) result.push_back(entry.name);
    return result;
  }

  /// @throws UsageError that lists the known names.
  const Entry& find(const std::string& name) const {
    for (const Entry& entry : entries_) {
      if (entry.name == name) return entry;
    }
    throw UsageError(unknown_name_message(singular_, plural_, name, names()));
  }

 private:
  std::string singular_;
  std::string plural_;
  std::vector<Entry> entries_;
};

}  // namespace wrcor
