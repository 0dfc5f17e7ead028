#include "wrcor/core/error.h"

#include <sstream>

#include "core/utf8.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

std::string line_of(const std::string& message) {
  return shortened(printable(message), Error::longest_line);
}

std::string lines_of(const std::vector<std::string>& problems) {
  std::vector<std::string> lines;
  for (const std::string& problem : problems) {
    if (lines.size() + 1 == Error::most_lines && problems.size() > Error::most_lines) {
      lines.push_back("and " + std::to_string(problems.size() - lines.size()) + " more problems");
      break;
    }
    lines.push_back(line_of(problem));
  }
  return join(lines, "\n");
}

}  // namespace

Error::Error(ExitCode code, const std::string& message)
    : std::runtime_error(line_of(message)), code_(code) {}

Error::Error(ExitCode code, const std::vector<std::string>& problems)
    : std::runtime_error(lines_of(problems)), code_(code) {}

std::vector<std::string> Error::problems() const {
  std::vector<std::string> lines;
  std::istringstream message(what());
  for (std::string line; std::getline(message, line);) lines.push_back(line);
  return lines;
}

}  // namespace wrcor
