#include "core/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/counted.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
CsvReader::CsvReader(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text_.starts_with(byte_order_mark)) position_ = line_start_ = byte_order_mark.size();
  if (!read_record()) {
    throw DataError(name_ +
                    ": expected a header line with the names of the columns, found nothing");
  }
  for (const Field& field : fields_) header_.push_back(field.text);
}

std::size_t CsvReader::column(const std::string& name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (std::count(found, header_.end(), name) > 1) {
    throw DataError(name_ + ": two columns are called " + in_quotes(name) + "; rename one");
  }
  if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
  throw UsageError(name_ + ": " + unknown_name_message("column", "columns", name, header_));
}

bool CsvReader::next() {
  if (!read_record()) return false;
  if (fields_.size() == header_.size()) return true;
  throw DataError(place(fields_.back()) + ": expected " + counted(header_.size(), "field") +
                  " as in the header, found " + std::to_string(fields_.size()));
}

std::optional<double> CsvReader::number(std::size_t column) const {
  const std::string& text = field(column);
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == text.npos) return std::nullopt;
  const char* end = text.data() + text.find_last_not_of(" \t") + 1;
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data() + start, end, value);
  if (error == std::errc() && stop == end && std::isfinite(value)) return value;
  throw DataError(place(column) + ": column " + in_quotes(header_[column]) +
                  ": expected a finite number, or nothing where it is missing, got " +
                  in_quotes(text));
}

std::vector<std::string> CsvReader::fields() const {
  std::vector<std::string> texts;
  for (const Field& field : fields_) texts.push_back(field.text);
  return texts;
}

std::string CsvReader::place(std::size_t column) const { return place(fields_.at(column)); }

std::string CsvReader::place(const Field& field) const {
  return name_ + ":" + std::to_string(field.line) + ":" + std::to_string(field.byte);
}

bool CsvReader::at_line_end() const {
  return peek() == '\n' || (peek() == '\r' && text_.compare(position_, 2, "\r\n") == 0);
}

void CsvReader::skip_line_end() {
  position_ += peek() == '\r' ? 2 : 1;
  ++line_;
  line_start_ = position_;
}

bool CsvReader::read_record() {
  while (position_ < text_.size() && at_line_end()) skip_line_end();
  if (position_ == text_.size()) return false;
  fields_.clear();
  for (;;) {
    fields_.push_back(read_field());
    if (fields_.size() > most_columns) {
      throw DataError(place(fields_.back()) + ": more than " + counted(most_columns, "column"));
    }
    if (position_ == text_.size()) return true;
    if (at_line_end()) {
      skip_line_end();
      return true;
    }
    ++position_;  // the comma
  }
}

CsvReader::Field CsvReader::read_field() {
  Field field{{}, line_, position_ - line_start_ + 1};
  if (peek() == '"') {
    read_quoted(field);
    return field;
  }
  const std::size_t start = position_;
  while (position_ < text_.size() && peek() != ',' && !at_line_end()) {
    if (peek() == '"') {
      throw DataError(name_ + ":" + std::to_string(line_) + ":" +
                      std::to_string(position_ - line_start_ + 1) +
                      ": a quote inside a field that does not begin with one; write the whole "
                      "field in quotes and the quote twice");
    }
    if (++position_ - start > longest_field) {
      throw DataError(place(field) + ": a field of more than " + counted(longest_field, "byte"));
    }
  }
  field.text = text_.substr(start, position_ - start);
  return field;
}

void CsvReader::read_quoted(Field& field) {
  for (++position_;; ++position_) {
    if (position_ == text_.size()) {
      throw DataError(place(field) + ": the quote that opens here is never closed");
    }
    const char letter = text_[position_];
    if (letter == '"') {
      ++position_;
      if (peek() != '"') break;
    }
    if (letter == '\n') {
      ++line_;
      line_start_ = position_ + 1;
    }
    field.text += letter;
    if (field.text.size() > longest_field) {
      throw DataError(place(field) + ": a field of more than " + counted(longest_field, "byte") +
                      "; its quotes may not be closed");
    }
  }
  if (position_ == text_.size() || peek() == ',' || at_line_end()) return;
  throw DataError(name_ + ":" + std::to_string(line_) + ":" +
                  std::to_string(position_ - line_start_ + 1) +
                  ": expected a comma or the end of the line after a closing quote");
}

}  // namespace wrcor
