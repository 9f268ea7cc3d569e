package identity

import "context"

// IssueDeviceToken gives a token that acts for one device and never expires. It
// carries the id of the user that made it, or "" if the device's product did.
// Whether they may is for the caller to check. id is the token's (see Token.ID).
func (s *Service) IssueDeviceToken(ctx context.Context, user, device string) (token, id string, err error) {
	token, err = s.issue(ctx, Token{User: user, Device: device, Client: "device"}, 0)
	t := Token{Hash: hashToken(token)}
	return token, t.ID(), err
}

// DeviceTokens lists the tokens of a device that carry a user's id, by creation.
func (s *Service) DeviceTokens(ctx context.Context, user, device string) ([]Token, error) {
	all, err := s.tokens.TokensOfDevice(ctx, device)
	if err != nil {
		return nil, err
	}
	own := make([]Token, 0, len(all))
	for _, t := range all {
		if t.User == user {
			own = append(own, t)
		}
	}
	return own, nil
}

// RevokeDevice ends the tokens of a device that carry a user's id.
func (s *Service) RevokeDevice(ctx context.Context, user, device string) error {
	tokens, err := s.DeviceTokens(ctx, user, device)
	if err != nil || len(tokens) == 0 {
		return err
	}
	return s.end(ctx, tokens)
}

// RevokeDeviceToken ends the token of a device that carries a user's id and has
// the given one (see Token.ID). An unknown one is passed over.
func (s *Service) RevokeDeviceToken(ctx context.Context, user, device, id string) error {
	tokens, err := s.DeviceTokens(ctx, user, device)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.ID() == id {
			return s.end(ctx, []Token{t})
		}
	}
	return nil
}

// DeviceChanged has the rights of a device's tokens looked up again; with
// disconnect it also ends the streams that they opened.
func (s *Service) DeviceChanged(ctx context.Context, device string, disconnect bool) error {
	s.cache.dropDevice(device)
	if !disconnect {
		return nil
	}
	tokens, err := s.tokens.TokensOfDevice(ctx, device)
	for i := range tokens {
		s.revoked(tokens[i].ID())
	}
	return err
}
