// JSON values (RFC 8259) written from front to back.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace vethwork::report {

/// Writes one JSON value on one line. Commas come by themselves; what is opened must be closed.
class JsonWriter {
public:
    JsonWriter& open_object() { return open('{'); }
    JsonWriter& close_object() { return close('}'); }
    JsonWriter& open_array() { return open('['); }
    JsonWriter& close_array() { return close(']'); }
    /// The name of the next value.
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(char const* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
    template <std::integral T>
    requires(!std::same_as<T, bool>) JsonWriter& value(T number) { return raw(std::to_string(number)); }
    /// With as many digits as it takes to read the same number back.
    JsonWriter& value(double number);
    JsonWriter& null() { return raw("null"); }
    /// A name and its value.
    template <class T>
    JsonWriter& field(std::string_view name, T const& content) {
        key(name);
        return value(content);
    }
    [[nodiscard]] std::string const& text() const { return text_; }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& raw(std::string_view text);
    void separate();

    std::string text_;
    bool fresh_ = true;  ///< no comma before the next value
};

}  // namespace vethwork::report
