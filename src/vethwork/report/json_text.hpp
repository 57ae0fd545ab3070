// Text as JSON strings. Source: RFC 8259, section 7.
#pragma once

#include <string>
#include <string_view>

namespace vethwork::report {

/// Appends `text` in quotes, with what JSON wants escaped. Bytes that are no UTF-8 go through as they are.
void append_json_string(std::string& out, std::string_view text);

}  // namespace vethwork::report
