// check_documents FILE...: whether files that the program wrote are as its JSON Schemas say. Prints
// what is not; the exit code says whether there was any.
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
