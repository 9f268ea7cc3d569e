package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// pageSize is how many elements of a list are asked for at once.
const pageSize = 250

// pages reads a paged list, the array in member of each answer, up to most
// elements.
func pages[T any](ctx context.Context, h *remote, route string, query url.Values, member string, most int) (all []reading[T], err error) {
	for page := 1; len(all) < most; page++ {
		query.Set("page", fmt.Sprint(page))
		query.Set("per_page", fmt.Sprint(min(pageSize, most)))
		var answer map[string]json.RawMessage
		if err := h.do(ctx, "GET", route+"?"+query.Encode(), nil, &answer); err != nil {
			return nil, err
		}
		var some []reading[T]
		var meta struct {
			Pages int `json:"total_pages"`
		}
		if err := json.Unmarshal(orEmpty(answer[member], "[]"), &some); err != nil {
			return nil, fmt.Errorf("read %s of the answer: %w", member, err)
		}
		if err := json.Unmarshal(orEmpty(answer["meta"], "{}"), &meta); err != nil {
			return nil, fmt.Errorf("read meta of the answer: %w", err)
		}
		all = append(all, some...)
		if len(some) == 0 || page >= meta.Pages {
			break
		}
	}
	return all[:min(len(all), most)], nil
}

// orEmpty stands in for a member that is not there.
func orEmpty(raw json.RawMessage, empty string) json.RawMessage {
	if raw == nil {
		return json.RawMessage(empty)
	}
	return raw
}
