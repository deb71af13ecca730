package main

import (
	"bytes"
	"crypto"
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// describe returns a text with each PEM block replaced by what does not depend on chance: two texts that were made in
// the same way have the same description.
func describe(text []byte) []byte {
	var out bytes.Buffer
	var certificates []*x509.Certificate
	for {
		start := bytes.Index(text, []byte("-----BEGIN "))
		block, rest := pem.Decode(text)
		if block == nil || start < 0 {
			out.Write(text)
			return out.Bytes()
		}
		// Only what pem.Encode writes is one block; other lengths of lines or headers would show here.
		canonical := pem.EncodeToMemory(block)
		out.Write(text[:start])
		if !bytes.HasPrefix(text[start:], canonical) {
			out.WriteString("(not as pem.Encode writes) ")
		}
		if block.Type == "CERTIFICATE" {
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				fmt.Fprintf(&out, "a certificate that does not parse: %v\n", err)
			} else {
				certificates = append(certificates, certificate)
				describeCertificate(&out, certificate, certificates)
			}
		} else {
			describeKey(&out, block, certificates)
		}
		text = rest
	}
}

func describeCertificate(out *bytes.Buffer, certificate *x509.Certificate, before []*x509.Certificate) {
	fmt.Fprintf(out, "certificate %d: version %d, subject %x, issuer %x, ", len(before), certificate.Version,
		certificate.RawSubject, certificate.RawIssuer)
	fmt.Fprintf(out, "serial positive %t, at most 128 bits %t, ", certificate.SerialNumber.Sign() > 0,
		certificate.SerialNumber.BitLen() <= 128)
	fmt.Fprintf(out, "signed with %v, key %v %s, ", certificate.SignatureAlgorithm, certificate.PublicKeyAlgorithm,
		publicSize(certificate.PublicKey))
	// The two moments are read one after the other, each without its fraction of a second.
	valid := certificate.NotAfter.Sub(certificate.NotBefore)
	age := time.Since(certificate.NotBefore)
	fmt.Fprintf(out, "valid %v, from now %t, ", valid.Round(time.Minute), age > -time.Minute && age < 10*time.Minute)
	fmt.Fprintf(out, "DNS %q, IP %v, URIs %v, mails %v, ", certificate.DNSNames, certificate.IPAddresses,
		certificate.URIs, certificate.EmailAddresses)
	for number, signer := range before {
		if signer.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature) == nil {
			fmt.Fprintf(out, "signed by %d, its key's identifier %t, ", number+1,
				bytes.Equal(certificate.AuthorityKeyId, signer.SubjectKeyId))
		}
	}
	fmt.Fprintf(out, "identifiers of %d and %d bytes\n", len(certificate.SubjectKeyId), len(certificate.AuthorityKeyId))
	for _, extension := range certificate.Extensions {
		value := fmt.Sprintf("%x", extension.Value)
		if extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 14}) || extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 35}) {
			value = fmt.Sprintf("%d bytes", len(extension.Value))
		}
		fmt.Fprintf(out, "  extension %v, critical %t: %s\n", extension.Id, extension.Critical, value)
	}
}

func describeKey(out *bytes.Buffer, block *pem.Block, certificates []*x509.Certificate) {
	key, err := parseKey(block)
	if err != nil {
		fmt.Fprintf(out, "%s that does not parse: %v\n", block.Type, err)
		return
	}
	fmt.Fprintf(out, "%s, headers %v: ", block.Type, block.Headers)
	switch key := key.(type) {
	case *rsa.PrivateKey:
		fmt.Fprintf(out, "RSA %d bits, exponent %d, %d primes, valid %t", key.N.BitLen(), key.E, len(key.Primes),
			key.Validate() == nil)
	case *ecdsa.PrivateKey:
		fmt.Fprintf(out, "EC %s", key.Params().Name)
	case ed25519.PrivateKey:
		fmt.Fprintf(out, "Ed25519, %d bytes", len(block.Bytes))
	case *dsa.PrivateKey:
		fits := new(big.Int).Exp(key.G, key.X, key.P).Cmp(key.Y) == 0
		one := new(big.Int).Exp(key.G, key.Q, key.P).Cmp(big.NewInt(1)) == 0
		divides := new(big.Int).Mod(new(big.Int).Sub(key.P, big.NewInt(1)), key.Q).Sign() == 0
		fmt.Fprintf(out, "DSA %d and %d bits, prime %t %t, divides %t, generator %t, fits %t", key.P.BitLen(),
			key.Q.BitLen(), key.P.ProbablyPrime(20), key.Q.ProbablyPrime(20), divides, one, fits)
	}
	for number, certificate := range certificates {
		if public, ok := key.(interface{ Public() crypto.PublicKey }); ok {
			equal := public.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(certificate.PublicKey)
			if equal {
				fmt.Fprintf(out, ", the key of certificate %d", number+1)
			}
		}
	}
	out.WriteString("\n")
}

func parseKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case "DSA PRIVATE KEY":
		var numbers struct {
			Version       int
			P, Q, G, Y, X *big.Int
		}
		if rest, err := asn1.Unmarshal(block.Bytes, &numbers); err != nil || len(rest) != 0 {
			return nil, fmt.Errorf("numbers and %d bytes more: %w", len(rest), err)
		}
		key := &dsa.PrivateKey{X: numbers.X}
		key.P, key.Q, key.G, key.Y = numbers.P, numbers.Q, numbers.G, numbers.Y
		return key, nil
	default:
		return nil, fmt.Errorf("an unknown type of block")
	}
}

func publicSize(key any) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprint(key.N.BitLen())
	case *ecdsa.PublicKey:
		return key.Params().Name
	default:
		return fmt.Sprintf("%T", key)
	}
}
