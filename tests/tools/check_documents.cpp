// check_documents FILE...: checks files that the program wrote against its JSON Schemas. Prints
// violations; the exit code is 1 if any were found.
#include <iostream>

#include "support/document_check.h"

int main(int argc, char** argv) {
  bool valid = true;
  for (int k = 1; k < argc; ++k) {
    for (const std::string& violation : wrcor::test::file_violations(argv[k])) {
      std::cerr << violation << '\n';
      valid = false;
    }
  }
  return valid ? 0 : 1;
}
