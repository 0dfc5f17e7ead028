#pragma once

#include <string>

#include "command_words.h"

// The completion scripts of three shells. They contain every word, so completion starts no program.
namespace wrcor::cli {

std::string bash_completion(const CommandWords& program);
std::string zsh_completion(const CommandWords& program);
std::string fish_completion(const CommandWords& program);

}  // namespace wrcor::cli
