#include <vethwork/report/kind_writer.hpp>

namespace vethwork::report {

std::string hexadecimal_text(std::uint64_t value) { return value ? fmt::format("{:#x}", value) : "0"; }

void KindWriter::on_off(std::optional<bool> value, std::string_view key, std::string_view word) const {
    if (!value) return;
    writer_->json(key, *value);
    writer_->text(word.empty() ? key : word);
    writer_->text(*value ? " on " : " off ");
}

void KindWriter::mark(std::optional<bool> value, std::string_view key, std::string_view word) const {
    if (!value.value_or(false)) return;
    writer_->json(key, true);
    writer_->text(word);
    writer_->text(" ");
}

void KindWriter::negatable(std::optional<bool> value, std::string_view key, std::string_view word) const {
    if (!value) return;
    writer_->json(key, *value);
    if (!*value) writer_->text("no");
    writer_->text(word);
    writer_->text(" ");
}

void KindWriter::link(std::optional<topology::LinkRef> const& value, std::string_view key,
                      std::string_view word) const {
    if (value && value->index != 0) text(details_->link_name(value->index), key, word);
}

void KindWriter::timer(std::optional<std::uint64_t> value, std::string_view key) const {
    if (!value) return;
    if (is_json())
        writer_->json_raw(key, fmt::format("{}.{:02}", *value / 100, *value % 100));
    else
        writer_->text(fmt::format("{} {:>4}.{:02} ", key, *value / 100, *value % 100));
}

void KindWriter::endpoint(std::optional<IpAddress> const& value, std::string_view key) const {
    text(!value || value->is_any() ? std::string("any") : value->to_string(), key);
}

}  // namespace vethwork::report
