#include "score/fidelity.h"

#include <charconv>

#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr int most_epochs = 1'000'000;

Fidelity parse_fidelity(const std::string& flag, const std::string& text) {
  Fidelity fidelity;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, fidelity.epochs);
  const bool has_column = error == std::errc() && end - stop >= 2 && *stop == '=';
  if (!has_column || fidelity.epochs < 1 || fidelity.epochs > most_epochs) {
    throw UsageError(flag + ": expected EPOCHS=COLUMN, such as 12=c10_val_12ep, with 1 to " +
                     std::to_string(most_epochs) + " epochs, got " + in_quotes(text));
  }
  fidelity.column = FigureColumn::parse(std::string(stop + 1, end));
  return fidelity;
}

}  // namespace

std::vector<Fidelity> parse_fidelities(const std::string& flag,
                                       const std::vector<std::string>& texts) {
  std::vector<Fidelity> fidelities;
  for (const std::string& text : texts) {
    const Fidelity fidelity = parse_fidelity(flag, text);
    if (!fidelities.empty() && fidelity.epochs <= fidelities.back().epochs) {
      throw UsageError(flag + ": expected epochs that increase, got " +
                       std::to_string(fidelity.epochs) + " after " +
                       std::to_string(fidelities.back().epochs));
    }
    fidelities.push_back(fidelity);
  }
  return fidelities;
}

}  // namespace wrcor
