package gptload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// standardCodes are GPT-Load's default of failover_status_codes.
const standardCodes = "400-403,405-999"

// ofTheRequest are statuses that say the request is at fault. GPT-Load lays them to the key; here another key would not help.
var ofTheRequest = []int{400, 404, 422}

// carried is a list of failover codes as it is here, and which of ofTheRequest it lost. A list that is GPT-Load's default, in
// whatever words, is ours; standard says so.
func carried(codes string) (text string, lost []string, standard bool, err error) {
	listed, err := spread(codes)
	if err != nil {
		return "", nil, false, err
	}
	theirs, err := spread(standardCodes)
	if err != nil || slices.Equal(listed, theirs) {
		return "", nil, true, err
	}
	for _, code := range ofTheRequest {
		if listed[code] {
			listed[code] = false
			lost = append(lost, strconv.Itoa(code))
		}
	}
	return gathered(listed), lost, false, nil
}

// spread marks the statuses of a list: N or A-B, between commas or line ends.
func spread(codes string) ([]bool, error) {
	listed := make([]bool, 1000)
	for part := range strings.FieldsFuncSeq(codes, func(r rune) bool { return r == ',' || r == '\n' }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		low, errLow := strconv.Atoi(strings.TrimSpace(first))
		high, errHigh := strconv.Atoi(strings.TrimSpace(last))
		if errLow != nil || errHigh != nil || low < 100 || high > 999 || low > high {
			return nil, fmt.Errorf("%.40q is no status and no range of them", part)
		}
		for code := low; code <= high; code++ {
			listed[code] = true
		}
	}
	return listed, nil
}

// gathered is the shortest list of what is marked.
func gathered(listed []bool) string {
	var parts []string
	for code := 0; code < len(listed); code++ {
		if !listed[code] {
			continue
		}
		first := code
		for code+1 < len(listed) && listed[code+1] {
			code++
		}
		if first == code {
			parts = append(parts, strconv.Itoa(code))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", first, code))
		}
	}
	return strings.Join(parts, ",")
}
